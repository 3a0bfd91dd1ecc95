package framebuffer.orchestrator.api;

import com.fasterxml.jackson.databind.JsonNode;
import framebuffer.orchestrator.api.MonitoringApi.HealthCheck;
import framebuffer.orchestrator.api.access.ApiTokens;
import framebuffer.orchestrator.api.contract.CheckedClient;
import framebuffer.orchestrator.api.contract.CheckedClient.Answer;
import framebuffer.orchestrator.api.contract.Contract;
import framebuffer.orchestrator.api.http.Resource;
import framebuffer.orchestrator.api.http.Response;
import framebuffer.orchestrator.api.results.ResultsApi;
import framebuffer.orchestrator.api.server.ApiServer;
import framebuffer.orchestrator.api.site.DocsApi;
import framebuffer.orchestrator.api.site.RunbooksApi;
import framebuffer.orchestrator.api.site.WebPageApi;
import framebuffer.orchestrator.flowcontrol.CameraDirectory;
import framebuffer.orchestrator.flowcontrol.CameraPolicyStore;
import framebuffer.orchestrator.flowcontrol.Freshness;
import framebuffer.orchestrator.flowcontrol.OperatorControl;
import framebuffer.orchestrator.flowcontrol.OperatorSwitches;
import framebuffer.orchestrator.observability.alerts.Alert;
import framebuffer.orchestrator.observability.alerts.AlertReport;
import framebuffer.orchestrator.observability.alerts.AlertThresholds;
import framebuffer.orchestrator.observability.alerts.Verdicts;
import framebuffer.orchestrator.observability.alerts.Verdicts.PausedPeriod;
import framebuffer.orchestrator.observability.history.HistoryReader;
import framebuffer.orchestrator.observability.journey.FramePictures;
import framebuffer.orchestrator.observability.journey.JourneyFinder;
import framebuffer.orchestrator.observability.results.ResultEvents;
import framebuffer.orchestrator.observability.results.ResultPages;
import framebuffer.orchestrator.observability.search.FrameSearch;
import framebuffer.orchestrator.observability.silences.AlertSilences;
import framebuffer.orchestrator.observability.stats.FrameQueries;
import framebuffer.orchestrator.observability.stats.FrameQueries.BacklogSnapshot.WindowBacklog;
import framebuffer.orchestrator.observability.stats.FrameRates;
import framebuffer.orchestrator.pipeline.AffinityTable;
import framebuffer.orchestrator.pipeline.RoutePreview;
import framebuffer.orchestrator.pipeline.deadletters.DeadLetterOperations;
import framebuffer.orchestrator.pipeline.routing.RoutingStrategy;
import framebuffer.orchestrator.processors.registry.ClusterRegistry;
import framebuffer.orchestrator.processors.registry.HandClock;
import framebuffer.orchestrator.processors.registry.RegistrationPolicy.RegistrationLimits;
import framebuffer.orchestrator.processors.registry.Registry;
import framebuffer.redis.RedisAddress;
import framebuffer.redis.RedisConnection;
import framebuffer.redis.Replies;
import framebuffer.redis.cluster.InPartition;
import framebuffer.redis.cluster.Partition;
import framebuffer.redis.tables.PictureStore;
import framebuffer.wire.CameraNeed;
import framebuffer.wire.EntryId;
import framebuffer.wire.Keys;
import framebuffer.wire.Partitioning;
import framebuffer.wire.control.Backpressure;
import framebuffer.wire.frame.DeadLetter;
import framebuffer.wire.frame.DeadLetter.DeadLetterReason;
import framebuffer.wire.frame.Finding;
import framebuffer.wire.frame.ShedFrame;
import framebuffer.wire.text.Fields;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The API on a free port with everything it reads, but without frame traffic; and a client. */
final class Service implements AutoCloseable {
    final HandClock clock = new HandClock();
    final Registry registry;
    final FrameRates rates = new FrameRates();
    volatile Supplier<Optional<String>> vital = Optional::empty;
    volatile List<Alert> alerts = List.of();
    volatile Optional<String> minor = Optional.empty();
    final List<Resource> resources;
    private final RedisAddress redis;
    private final ApiServer server;
    private final CheckedClient client;

    Service(RedisAddress redis) {
        this(redis, RegistrationLimits.DEFAULT, ApiTokens.NONE);
    }

    Service(RedisAddress redis, RegistrationLimits limits, ApiTokens tokens) {
        this(redis, null, limits, tokens);
    }

    /**
     * @param pixels the Redis of the pixels; null: the same
     */
    Service(RedisAddress redis, @Nullable RedisAddress pixels, RegistrationLimits limits, ApiTokens tokens) {
        this.redis = redis;
        registry = new Registry(
                new Registry.Settings(redis, Keys.DEFAULT, limits, Duration.ofMillis(20), clock));
        Partition partition = new Partition(0, redis, Keys.DEFAULT);
        Partitioning whole = Partitioning.whole("");
        List<InPartition<Registry>> registries = List.of(new InPartition<>(partition, registry));
        String group = "frame-buffer-v2";
        FrameQueries frames = new FrameQueries(registries, group, () -> new WindowBacklog(7, 10_000), rates, clock);
        CameraPolicyStore policies = new CameraPolicyStore(Keys.DEFAULT, Freshness.LOSSLESS, 2, () -> {
        });
        CameraDirectory cameras = new CameraDirectory(whole, List.of(new InPartition<>(partition, policies)), rates,
                clock::now, pixels);
        OperatorSwitches switches = new OperatorSwitches(Keys.DEFAULT, () -> {
        });
        ClusterRegistry roster = new ClusterRegistry(List.of(registry));
        ClusterApi cluster = new ClusterApi(
                () -> List.of(new ClusterApi.PartitionView(0, "", List.of("one"), true, 7, null)),
                new OperatorControl(List.of(new InPartition<>(partition, switches)), () -> Backpressure.NONE));
        MonitoringApi monitoring = new MonitoringApi(
                List.of(HealthCheck.vital("redis", () -> vital.get()),
                        HealthCheck.minor("processors", () -> minor)),
                () -> new AlertReport(alerts, new Verdicts(AlertThresholds.DEFAULT, PausedPeriod.NONE)),
                new AlertSilences(partition, clock::now), new HistoryReader(partition, Duration.ofHours(24)),
                Service::echoed);
        ResultPages results = new ResultPages(List.of(partition));
        resources = List.of(new ProcessorsApi(roster, whole),
                new DeadLettersApi(new DeadLetterOperations(List.of(partition))),
                new FramesApi(frames,
                        new RoutePreview(whole, registries, group, RoutingStrategy.LEAST_LOADED,
                                AffinityTable.AffinityLimits.DEFAULT),
                        new JourneyFinder(registries, group, Duration.ofMinutes(10)),
                        new FrameSearch(registries, whole, Duration.ofMinutes(10)),
                        new FramePictures(registries, pixels)),
                new ResultsApi(results, new ResultEvents(List.of(partition), results)), new CamerasApi(cameras),
                cluster, monitoring,
                new OverviewApi(monitoring, cluster, frames, cameras, roster), new DocsApi(), new WebPageApi(),
                new RunbooksApi());
        server = ApiServer.start(new ApiServer.Settings("127.0.0.1", 0, tokens), resources);
        client = new CheckedClient(server.port());
    }

    /** Metrics that show the requested format. */
    private static Response.DocumentContent echoed(String accept) {
        String type = accept.contains("openmetrics") ? "application/openmetrics-text" : "text/plain";
        return new Response.DocumentContent(type, out -> {
            if (accept.equals("broken")) {
                throw new IOException("the secret reason");
            }
            out.write(("up 1 # " + type).getBytes(StandardCharsets.UTF_8));
        });
    }

    /** Records that a frame with this id was shed. */
    void shed(String frameId) {
        shed(frameId, "1763899200000-0", "face");
    }

    void shed(String frameId, String captureId, String need) {
        ShedFrame shed = new ShedFrame(frameId, "yard", EntryId.parse(captureId), List.of(need), 1,
                ShedFrame.ShedReason.EXPIRED, "too late", clock.now(), "i1");
        try (RedisConnection connection = RedisConnection.open(redis)) {
            List<Object> line = new ArrayList<>(List.of(Keys.DEFAULT.shed(), "*"));
            line.addAll(shed.encode().flat());
            connection.call("XADD", line.toArray());
        }
    }

    /** Makes a frame a dead letter, and returns the id of the letter. */
    String letter(DeadLetterReason reason) {
        DeadLetter letter = new DeadLetter(Fields.ofText("frame_id", "f-1", "camera_id", "yard"), reason, "because",
                clock.now(), new DeadLetter.DeadLetterSource("frames:returned", EntryId.FIRST), 3);
        try (RedisConnection connection = RedisConnection.open(redis)) {
            List<Object> line = new ArrayList<>(List.of(Keys.DEFAULT.deadLetter(), "*"));
            line.addAll(letter.encode().flat());
            return Replies.text(connection.call("XADD", line.toArray()));
        }
    }

    /** Adds an entry to a stream. */
    void add(String stream, Object... fields) {
        try (RedisConnection connection = RedisConnection.open(redis)) {
            List<Object> line = new ArrayList<>(List.of(stream, "*"));
            line.addAll(List.of(fields));
            connection.call("XADD", line.toArray());
        }
    }

    /** Writes the result of a processor. */
    void result(String frameId, String camera, String json) {
        try (RedisConnection connection = RedisConnection.open(redis)) {
            connection.call("XADD", Keys.DEFAULT.results(), "*", "frame_id", frameId, "camera_id", camera, "capability",
                    "people", "processor_id", "people-1", "status", "success", "result", json);
        }
    }

    /** Stores the picture of a detector. */
    void picture(String camera, String capability, byte[] jpeg) {
        try (RedisConnection connection = RedisConnection.open(redis)) {
            PictureStore.put(connection, Keys.DEFAULT, new CameraNeed(camera, capability),
                    new Finding("f-1", "motion-1", 2, clock.now()), jpeg);
        }
    }

    int port() {
        return server.port();
    }

    /** The documented responses seen so far. */
    Set<String> answers() {
        return client.answers();
    }

    Answer get(String path, String... headers) {
        return client.get(path, headers);
    }

    Answer post(String path, String body, String... headers) {
        return client.post(path, body, headers);
    }

    Answer call(String method, String path, String body, String... headers) {
        return client.call(method, path, BodyPublishers.ofString(body), headers);
    }

    Answer call(String method, String path, HttpRequest.BodyPublisher body, String... headers) {
        return client.call(method, path, body, headers);
    }

    String raw(String request) {
        return client.raw(request);
    }

    static JsonNode parsed(String text) {
        return Contract.json(text);
    }

    @Override
    public void close() {
        server.close();
        registry.close();
    }
}
