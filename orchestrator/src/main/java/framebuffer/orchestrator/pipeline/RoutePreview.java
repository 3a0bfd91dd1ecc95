package framebuffer.orchestrator.pipeline;

import framebuffer.orchestrator.pipeline.AffinityTable.AffinityLimits;
import framebuffer.orchestrator.pipeline.routing.CameraAssignments;
import framebuffer.orchestrator.pipeline.routing.RoutingExplanation;
import framebuffer.orchestrator.pipeline.routing.RoutingExplanation.Contender;
import framebuffer.orchestrator.pipeline.routing.RoutingExplanation.RoutingQuery;
import framebuffer.orchestrator.pipeline.routing.RoutingStrategy;
import framebuffer.orchestrator.processors.health.RegisteredProcessor;
import framebuffer.orchestrator.processors.registry.Registry;
import framebuffer.orchestrator.processors.registry.RegistrySnapshot;
import framebuffer.redis.RedisConnection;
import framebuffer.redis.RedisRefused;
import framebuffer.redis.RedisUnavailable;
import framebuffer.redis.Replies;
import framebuffer.redis.cluster.InPartition;
import framebuffer.redis.frames.BacklogReader;
import framebuffer.wire.EntryId;
import framebuffer.wire.Keys;
import framebuffer.wire.Partitioning;
import framebuffer.wire.frame.Frame;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * Explains where a frame would go, and captures it if asked. For any thread; each call opens its own connection.
 *
 * <p>
 * All methods throw {@link RedisUnavailable} when Redis is away, and {@link RedisRefused} when it refuses.
 */
public final class RoutePreview {
    private final Partitioning partitioning;
    private final List<InPartition<Registry>> partitions;
    private final String group;
    private final RoutingStrategy strategy;
    private final AffinityLimits affinity;

    /**
     * @param partitions all partitions, in order
     * @param group the consumer group of the orchestrator
     */
    public RoutePreview(Partitioning partitioning, List<InPartition<Registry>> partitions, String group,
            RoutingStrategy strategy, AffinityLimits affinity) {
        this.partitioning = partitioning;
        this.partitions = List.copyOf(partitions);
        this.group = group;
        this.strategy = strategy;
        this.affinity = affinity;
    }

    /** Explains where this frame would go; changes nothing. */
    public RoutingExplanation explain(Frame frame) {
        InPartition<Registry> partition = partition(frame);
        RegistrySnapshot registered = partition.service().read();
        return partition.partition().ask(redis -> explain(redis, partition.keys(), frame, registered));
    }

    private RoutingExplanation explain(RedisConnection redis, Keys keys, Frame frame, RegistrySnapshot registered) {
        BacklogReader.BacklogReading waiting = BacklogReader.read(redis, keys, group,
                registered.all().stream().map(one -> keys.queue(one.registration().queue())).toList());
        List<Contender> contenders = registered.all().stream()
                .map(one -> new Contender(registered.atPresent(one), ineligible(one),
                        outstanding(waiting.queues().get(keys.queue(one.registration().queue())))))
                .toList();
        CameraAssignments assignments = strategy == RoutingStrategy.AFFINITY
                ? AffinityTable.read(redis, keys, affinity)
                : CameraAssignments.UNREAD;
        return RoutingExplanation.of(new RoutingQuery(strategy, frame.cameraId(), frame.capabilities(), assignments,
                affinity.cameras()), contenders);
    }

    private static OptionalLong outstanding(BacklogReader.@Nullable QueueBacklog queue) {
        return queue == null || !queue.isThere() ? OptionalLong.empty() : OptionalLong.of(queue.outstanding());
    }

    /** Why this processor may not be chosen; null: it may. */
    private static @Nullable String ineligible(RegisteredProcessor processor) {
        if (processor.draining()) {
            return "is draining: it gets no new frames";
        }
        return processor.available() ? null : "is unhealthy: " + processor.health().reason();
    }

    /** Adds a frame to the capture stream of its camera's partition, as a producer does. Returns its entry id. */
    public EntryId capture(Frame frame) {
        InPartition<Registry> partition = partition(frame);
        List<Object> line = new ArrayList<>(List.of(partition.keys().capture(), "*"));
        line.addAll(frame.fields().flat());
        return partition.partition().ask(redis -> EntryId.parse(Replies.text(redis.call("XADD", line.toArray()))));
    }

    private InPartition<Registry> partition(Frame frame) {
        return partitions.get(partitioning.of(frame.cameraId()));
    }
}
