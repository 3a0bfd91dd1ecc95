package framebuffer.orchestrator;

import framebuffer.orchestrator.api.CamerasApi;
import framebuffer.orchestrator.api.ClusterApi;
import framebuffer.orchestrator.api.DeadLettersApi;
import framebuffer.orchestrator.api.FramesApi;
import framebuffer.orchestrator.api.MonitoringApi;
import framebuffer.orchestrator.api.OverviewApi;
import framebuffer.orchestrator.api.ProcessorsApi;
import framebuffer.orchestrator.api.http.Resource;
import framebuffer.orchestrator.api.results.ResultsApi;
import framebuffer.orchestrator.api.site.DocsApi;
import framebuffer.orchestrator.api.site.RunbooksApi;
import framebuffer.orchestrator.api.site.WebPageApi;
import framebuffer.orchestrator.flowcontrol.CameraDirectory;
import framebuffer.orchestrator.flowcontrol.OperatorControl;
import framebuffer.orchestrator.observability.journey.FramePictures;
import framebuffer.orchestrator.observability.journey.JourneyFinder;
import framebuffer.orchestrator.observability.results.ResultEvents;
import framebuffer.orchestrator.observability.results.ResultPages;
import framebuffer.orchestrator.observability.search.FrameSearch;
import framebuffer.orchestrator.observability.stats.FrameQueries;
import framebuffer.orchestrator.observability.telemetry.Metrics;
import framebuffer.orchestrator.pipeline.Pipeline;
import framebuffer.orchestrator.pipeline.RoutePreview;
import framebuffer.orchestrator.pipeline.deadletters.DeadLetterOperations;
import framebuffer.orchestrator.processors.registry.ClusterRegistry;
import framebuffer.orchestrator.processors.registry.Registry;
import framebuffer.redis.cluster.InPartition;
import framebuffer.redis.cluster.Partition;
import java.util.List;

/**
 * Builds the resources of the REST API.
 *
 * @param layout all partitions, in order
 */
record ApiResources(Orchestrator.Settings settings, List<Partition> layout, LocalPartitions partitions,
        ClusterRegistry registry, FrameQueries queries, CameraDirectory cameras, MonitoringApi monitoring,
        Metrics metrics) {

    /** All resources; called once. Dead letters precede frames, whose last path would match theirs. */
    List<Resource> all() {
        Pipeline.Settings frames = settings.frames();
        List<InPartition<Registry>> registries = partitions.each(LocalPartition::registry);
        ClusterApi cluster = new ClusterApi(() -> partitions.shown(frames.instance()),
                new OperatorControl(partitions.each(LocalPartition::switches), partitions::pressure));
        ResultPages results = new ResultPages(layout);
        ResultEvents events = new ResultEvents(layout, results);
        metrics.watchResultEvents(events::malformed);
        return List.of(new ProcessorsApi(registry, settings.partitioning()),
                new DeadLettersApi(new DeadLetterOperations(layout)),
                new FramesApi(queries,
                        new RoutePreview(settings.partitioning(), registries, frames.group(), frames.strategy(),
                                frames.bounds().affinity()),
                        new JourneyFinder(registries, frames.group(), frames.journal().retention()),
                        new FrameSearch(registries, settings.partitioning(), frames.journal().retention()),
                        new FramePictures(registries, frames.pixels())),
                new ResultsApi(results, events), new CamerasApi(cameras), cluster,
                monitoring,
                new OverviewApi(monitoring, cluster, queries, cameras, registry), new DocsApi(), new WebPageApi(),
                new RunbooksApi());
    }
}
