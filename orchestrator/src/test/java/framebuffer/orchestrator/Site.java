package framebuffer.orchestrator;

import framebuffer.orchestrator.Orchestrator.ProcessorMonitoring;
import framebuffer.orchestrator.api.access.ApiTokens;
import framebuffer.orchestrator.api.server.ApiServer;
import framebuffer.orchestrator.flowcontrol.CameraPolicyStore;
import framebuffer.orchestrator.flowcontrol.Freshness;
import framebuffer.orchestrator.flowcontrol.OperatorSwitches;
import framebuffer.orchestrator.observability.results.ResultMaintenance.ResultRetention;
import framebuffer.orchestrator.pipeline.JournalWriter;
import framebuffer.orchestrator.pipeline.Pipeline;
import framebuffer.orchestrator.pipeline.Pipeline.FlowControl;
import framebuffer.orchestrator.pipeline.Pump.PipelineLimits;
import framebuffer.orchestrator.pipeline.recovery.QueueRecovery.Incarnation;
import framebuffer.orchestrator.pipeline.routing.RoutingStrategy;
import framebuffer.orchestrator.processors.registry.RegistrationPolicy.RegistrationLimits;
import framebuffer.redis.GroupReader;
import framebuffer.redis.RedisAddress;
import framebuffer.redis.RedisConnection;
import framebuffer.redis.Replies;
import framebuffer.redis.StreamEntry;
import framebuffer.redis.TaskLoop;
import framebuffer.redis.cluster.Partition;
import framebuffer.redis.cluster.PartitionLayout;
import framebuffer.redis.cluster.ServiceClock;
import framebuffer.redis.frames.LedgerReader;
import framebuffer.redis.queues.AnswerWriter;
import framebuffer.redis.queues.WorkQueue;
import framebuffer.wire.EntryId;
import framebuffer.wire.Keys;
import framebuffer.wire.Partitioning;
import framebuffer.wire.TraceContext;
import framebuffer.wire.control.Registration;
import framebuffer.wire.frame.QueuedFrame;
import framebuffer.wire.frame.Result;
import framebuffer.wire.frame.ReturnedFrame;
import framebuffer.wire.text.Decoded;
import framebuffer.wire.text.Fields;
import io.opentelemetry.api.OpenTelemetry;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A small installation: an empty Redis, processors operated by the test, and the pipeline between them. */
public final class Site implements AutoCloseable, Pipeline.ProcessorView {
    public static final Keys KEYS = Keys.DEFAULT;
    public static final String GROUP = "frame-buffer-v2";
    /** Index of last-delivered-id in the reply of XINFO GROUPS. */
    private static final int LAST_DELIVERED = 7;

    public final RedisConnection redis;
    public RoutingStrategy strategy = RoutingStrategy.LEAST_LOADED;
    public Freshness freshness = Freshness.LOSSLESS;
    public Pipeline.DeadLettering letters = Pipeline.DeadLettering.DEFAULT;
    public ResultRetention results = ResultRetention.DEFAULT;
    public InstantSource clock = InstantSource.system();
    public volatile boolean known = true;
    /** The Redis for pixels; null: the same. */
    public @Nullable RedisAddress pixels;
    private final RedisAddress address;
    private final Map<String, Registration> processors = new ConcurrentHashMap<>();
    private final Map<String, Instant> since = new ConcurrentHashMap<>();
    private final Map<String, Instant> silentSince = new ConcurrentHashMap<>();
    private final Map<String, Registration> unhealthy = new ConcurrentHashMap<>();
    private final Map<String, Registration> departed = new ConcurrentHashMap<>();
    /** By identity, because two pipelines are never equal. */
    private final Map<Pipeline, Started> started = Collections.synchronizedMap(new IdentityHashMap<>());

    public Site(RedisAddress address) {
        this.address = address;
        this.redis = RedisConnection.open(address);
        redis.call("FLUSHALL");
    }

    public Pipeline start(String instance) {
        return start(instance, address, PipelineLimits.DEFAULT);
    }

    public Pipeline start(String instance, RedisAddress through, PipelineLimits bounds) {
        Pipeline.Settings settings = new Pipeline.Settings(through, pixels, KEYS, GROUP, instance, strategy, bounds,
                new FlowControl(freshness, 100, FlowControl.DEFAULT.pressureCheck(),
                        FlowControl.DEFAULT.cameraRetention()),
                letters, JournalWriter.JournalRetention.DEFAULT, results);
        CompositionRoot root = new CompositionRoot(
                new Orchestrator.Settings(settings, RegistrationLimits.DEFAULT, ProcessorMonitoring.DEFAULT,
                        new ApiServer.Settings("127.0.0.1", 0, ApiTokens.NONE), 500, "test"),
                OpenTelemetry.noop(), clock);
        ServiceClock read = new ServiceClock(clock);
        read.ask(clock::instant);
        TaskLoop membership = new TaskLoop("membership", through).start();
        PartitionServing serving = new PartitionServing(membership, membership);
        OperatorSwitches switches = new OperatorSwitches(KEYS, serving::wake);
        CameraPolicyStore policies = new CameraPolicyStore(KEYS, freshness, 100, serving::wake);
        Partition partition = PartitionLayout.of(through, Partitioning.whole(KEYS.prefix())).all().getFirst();
        serving.prepare(() -> new PartitionServing.Served(
                root.pipeline(partition, this, switches, policies, read), null, null, null));
        serving.serve();
        Pipeline pipeline = serving.pipeline().orElseThrow();
        started.put(pipeline, new Started(serving, membership, switches, policies));
        return pipeline;
    }

    /** Everything started for a pipeline. */
    private record Started(PartitionServing serving, TaskLoop membership, OperatorSwitches switches,
            CameraPolicyStore policies) implements AutoCloseable {
        @Override
        public void close() {
            serving.close();
            membership.close();
        }
    }

    /** The switches of this pipeline's instance. */
    public OperatorSwitches control(Pipeline pipeline) {
        return Objects.requireNonNull(started.get(pipeline)).switches();
    }

    /** The camera policies of this pipeline's instance. */
    public CameraPolicyStore policies(Pipeline pipeline) {
        return Objects.requireNonNull(started.get(pipeline)).policies();
    }

    /** Shuts an instance down gracefully. */
    public void stop(Pipeline pipeline) {
        Objects.requireNonNull(started.get(pipeline)).close();
    }

    public Registration register(String id, int capacity, String... capabilities) {
        since.put(id, now());
        return update(id, capacity, capabilities);
    }

    /** Changes the capabilities of a registered processor, which keeps the frames that it is processing. */
    public Registration update(String id, int capacity, String... capabilities) {
        Registration registration = Registration.of(id, List.of(capabilities), capacity);
        WorkQueue.ensure(redis, registration.queue());
        processors.put(id, registration);
        started.keySet().forEach(Pipeline::wake);
        return registration;
    }

    /** The time by Redis's clock. */
    public Instant now() {
        return Replies.time(redis.call("TIME"));
    }

    /** Makes a registered processor unavailable. */
    public void fallIll(String id) {
        unhealthy.put(id, processors.remove(id));
    }

    /** Makes a processor unavailable by silence. */
    public void fallSilent(String id) {
        silentSince.put(id, now());
        fallIll(id);
    }

    public void recover(String id) {
        processors.put(id, unhealthy.remove(id));
        started.keySet().forEach(Pipeline::wake);
    }

    public void unregister(String id) {
        departed.put(id, processors.remove(id));
    }

    public boolean isForgotten(String id) {
        return !departed.containsKey(id);
    }

    public EntryId capture(String... fields) {
        List<Object> line = new ArrayList<>(List.of(KEYS.capture(), "*"));
        line.addAll(List.of(fields));
        return EntryId.parse(Replies.text(redis.call("XADD", line.toArray())));
    }

    public EntryId capture(String frameId, String cameraId, String capability) {
        return capture("frame_id", frameId, "camera_id", cameraId, "detection_type", capability);
    }

    public long length(String key) {
        return Replies.number(redis.call("XLEN", key));
    }

    public long pending() {
        return pending(KEYS.capture(), GROUP);
    }

    public long pending(String stream, String group) {
        return Replies.number(Replies.list(redis.call("XPENDING", stream, group)).getFirst());
    }

    /** Unacknowledged entries of a processor's queue, counted one by one. */
    public long outstanding(String processor) {
        String queue = Keys.READY + processor;
        List<?> replies = Objects.requireNonNull(redis.transaction(List.of(List.of("XRANGE", queue, "-", "+"),
                List.of("XINFO", "GROUPS", queue),
                List.of("XPENDING", queue, processor + "-group", "-", "+", 100_000))));
        EntryId delivered = Replies.list(replies.get(1)).stream()
                .map(group -> EntryId.parse(Replies.text(Replies.list(group).get(LAST_DELIVERED)))).findFirst()
                .orElse(EntryId.FIRST);
        Set<String> pending = Replies.list(replies.get(2)).stream()
                .map(entry -> Replies.text(Replies.list(entry).getFirst())).collect(Collectors.toSet());
        return Replies.entries(replies.get(0)).stream().map(StreamEntry::id)
                .filter(id -> id.compareTo(delivered) > 0 || pending.contains(id.toString())).count();
    }

    public List<StreamEntry> entries(String key) {
        return Replies.entries(redis.call("XRANGE", key, "-", "+"));
    }

    public List<String> texts(String key, String field) {
        return entries(key).stream().map(entry -> fields(entry).text(field)).toList();
    }

    public static Fields fields(StreamEntry entry) {
        Fields fields = entry.fields();
        if (fields == null) {
            throw new AssertionError("no fields in " + entry.id());
        }
        return fields;
    }

    /** Reads the next entry of a processor's queue. */
    public List<StreamEntry> read(String processor, int atMost) {
        GroupReader reader = new GroupReader(Keys.READY + processor, processor + "-group", processor + "-1");
        reader.ensureGroup(redis);
        return reader.readNew(redis, atMost, Duration.ZERO);
    }

    /** Answers with a result, as our client does. */
    public void finish(String processor, StreamEntry entry) {
        finish(processor, entry, Result.ResultStatus.SUCCESS);
    }

    public void finish(String processor, StreamEntry entry, Result.ResultStatus status) {
        QueuedFrame queued = queued(entry);
        Result result = new Result(queued, processor, status, "{}", Instant.now(), Duration.ZERO,
                TraceContext.random());
        if (!answers(processor).done(redis, entry.id(), result)) {
            throw new AssertionError(entry.id() + " was not pending");
        }
    }

    public void giveBack(String processor, StreamEntry entry, ReturnedFrame.ReturnReason kind, Duration after) {
        ReturnedFrame returned = new ReturnedFrame(queued(entry), kind, "said the test", after, processor);
        if (!answers(processor).returned(redis, entry.id(), returned)) {
            throw new AssertionError(entry.id() + " was not pending");
        }
    }

    /** Acknowledges without deleting the entry, as foreign processors do. */
    public void acknowledge(String processor, StreamEntry entry) {
        redis.call("XACK", Keys.READY + processor, processor + "-group", entry.id().toString());
    }

    private static AnswerWriter answers(String processor) {
        return new AnswerWriter(KEYS,
                new AnswerWriter.AnswerRoute(Keys.READY + processor, processor + "-group", processor, KEYS.results(),
                        AnswerWriter.RESULTS_KEPT));
    }

    public static QueuedFrame queued(StreamEntry entry) {
        return switch (QueuedFrame.decode(entry.id(), fields(entry))) {
            case Decoded.Valid<QueuedFrame>(QueuedFrame queued) -> queued;
            case Decoded.Invalid<QueuedFrame> invalid -> throw new AssertionError(invalid.detail());
        };
    }

    public LedgerReader.LedgerReading ledger() {
        return LedgerReader.read(redis, KEYS, GROUP, all().stream().map(Registration::queue).toList());
    }

    public long count(String camera, String what) {
        return ledger().counts().getOrDefault(camera, Map.of()).getOrDefault(what, 0L);
    }

    /** Frames in flight by the ledger: captured minus ended. */
    public static long inFlight(LedgerReader.LedgerReading reading) {
        return reading.counts().values().stream().flatMap(counts -> counts.entrySet().stream())
                .mapToLong(count -> count.getKey().equals("captured") ? count.getValue() : -count.getValue()).sum();
    }

    @Override
    public List<Registration> available() {
        return processors.values().stream().sorted(java.util.Comparator.comparing(Registration::id)).toList();
    }

    @Override
    public boolean known() {
        return known;
    }

    @Override
    public Collection<Registration> all() {
        return Stream.of(processors, unhealthy, departed).flatMap(some -> some.values().stream()).toList();
    }

    @Override
    public Collection<Incarnation> lives() {
        return Stream.of(lives(processors, false), lives(unhealthy, true),
                departed.values().stream().map(one -> new Incarnation(one, Instant.MAX, true, Instant.MAX, true)))
                .flatMap(some -> some).toList();
    }

    private Stream<Incarnation> lives(Map<String, Registration> some, boolean cutOff) {
        return some.values().stream()
                .map(one -> new Incarnation(one, Objects.requireNonNull(since.get(one.id())), cutOff,
                        silentSince.getOrDefault(one.id(), Instant.MAX), false));
    }

    @Override
    public void emptied(Incarnation gone) {
        departed.remove(gone.registration().id());
    }

    @Override
    public void close() {
        started.values().forEach(Started::close);
        redis.close();
    }
}
