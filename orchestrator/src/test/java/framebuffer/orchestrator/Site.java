package framebuffer.orchestrator;

import framebuffer.orchestrator.FrameWay.Bounds;
import framebuffer.orchestrator.FrameWay.Steering;
import framebuffer.orchestrator.clock.ServiceClock;
import framebuffer.orchestrator.control.Control;
import framebuffer.orchestrator.freshness.CameraPolicies;
import framebuffer.orchestrator.freshness.Freshness;
import framebuffer.orchestrator.journal.JournalWriter;
import framebuffer.orchestrator.recovery.Life;
import framebuffer.orchestrator.routing.RoutingStrategy;
import framebuffer.orchestrator.telemetry.FrameTracing;
import framebuffer.orchestrator.telemetry.Metrics;
import framebuffer.streams.Entry;
import framebuffer.streams.GroupReader;
import framebuffer.streams.RedisAddress;
import framebuffer.streams.RedisConnection;
import framebuffer.streams.Replies;
import framebuffer.streams.figures.LedgerReader;
import framebuffer.streams.work.Answers;
import framebuffer.streams.work.WorkQueue;
import framebuffer.wire.Decoded;
import framebuffer.wire.EntryId;
import framebuffer.wire.Fields;
import framebuffer.wire.Keys;
import framebuffer.wire.TraceContext;
import framebuffer.wire.frame.QueuedFrame;
import framebuffer.wire.frame.Result;
import framebuffer.wire.frame.ReturnedFrame;
import framebuffer.wire.processor.Registration;
import io.opentelemetry.api.OpenTelemetry;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A small installation for tests: an empty Redis, processors that read and answer by hand, and the way of a frame in between. */
public final class Site implements AutoCloseable, FrameWay.Processors {
    public static final Keys KEYS = Keys.DEFAULT;
    public static final String GROUP = "frame-buffer-v2";
    /** Where XINFO GROUPS has the id that was last delivered. */
    private static final int LAST_DELIVERED = 7;

    public final RedisConnection redis;
    public RoutingStrategy strategy = RoutingStrategy.LEAST_LOADED;
    public Freshness freshness = Freshness.LOSSLESS;
    public FrameWay.Letters letters = FrameWay.Letters.DEFAULT;
    public InstantSource clock = InstantSource.system();
    public volatile boolean known = true;
    private final RedisAddress address;
    private final Map<String, Registration> processors = new ConcurrentHashMap<>();
    private final Map<String, Instant> since = new ConcurrentHashMap<>();
    private final Map<String, Instant> silentSince = new ConcurrentHashMap<>();
    private final Map<String, Registration> unhealthy = new ConcurrentHashMap<>();
    private final Map<String, Registration> departed = new ConcurrentHashMap<>();
    private final List<FrameWay> ways = new ArrayList<>();

    public Site(RedisAddress address) {
        this.address = address;
        this.redis = RedisConnection.open(address);
        redis.call("FLUSHALL");
    }

    public FrameWay start(String instance) {
        return start(instance, address, Bounds.DEFAULT);
    }

    public FrameWay start(String instance, RedisAddress through, Bounds bounds) {
        AtomicReference<FrameWay> made = new AtomicReference<>();
        Runnable wake = () -> Optional.ofNullable(made.get()).ifPresent(FrameWay::wake);
        FrameWay way = new FrameWay(
                new FrameWay.Settings(through, KEYS, GROUP, instance, strategy, bounds,
                        new Steering(freshness, 100, Steering.DEFAULT.pressureCheck(),
                                Steering.DEFAULT.cameraRetention()),
                        letters,
                        JournalWriter.Settings.DEFAULT),
                new FrameWay.Told(this, new Control(KEYS, wake), new CameraPolicies(KEYS, freshness, 100, wake)),
                new Metrics(new PrometheusRegistry(), 500), new FrameTracing(OpenTelemetry.noop()),
                new ServiceClock(clock));
        made.set(way);
        way.start();
        ways.add(way);
        return way;
    }

    public Registration register(String id, int capacity, String... capabilities) {
        since.put(id, now());
        return update(id, capacity, capabilities);
    }

    /** A registered processor offers something else from now on, and keeps the frames that it is processing. */
    public Registration update(String id, int capacity, String... capabilities) {
        Registration registration = Registration.of(id, List.of(capabilities), capacity);
        WorkQueue.ensure(redis, registration.queue());
        processors.put(id, registration);
        ways.forEach(FrameWay::wake);
        return registration;
    }

    /** By Redis's clock. */
    public Instant now() {
        return Replies.time(redis.call("TIME"));
    }

    /** It is registered still, and may not be sent frames. */
    public void fallIll(String id) {
        unhealthy.put(id, processors.remove(id));
    }

    /** The same, for it has not been heard of. */
    public void fallSilent(String id) {
        silentSince.put(id, now());
        fallIll(id);
    }

    public void recover(String id) {
        processors.put(id, unhealthy.remove(id));
        ways.forEach(FrameWay::wake);
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

    /** Entries of a processor's queue that it has not acknowledged, counted one by one. */
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
        return Replies.entries(replies.get(0)).stream().map(Entry::id)
                .filter(id -> id.compareTo(delivered) > 0 || pending.contains(id.toString())).count();
    }

    public List<Entry> entries(String key) {
        return Replies.entries(redis.call("XRANGE", key, "-", "+"));
    }

    public List<String> texts(String key, String field) {
        return entries(key).stream().map(entry -> fields(entry).text(field)).toList();
    }

    public static Fields fields(Entry entry) {
        Fields fields = entry.fields();
        if (fields == null) {
            throw new AssertionError("no fields in " + entry.id());
        }
        return fields;
    }

    /** What a processor reads next from its queue. */
    public List<Entry> read(String processor, int atMost) {
        GroupReader reader = new GroupReader(Keys.READY + processor, processor + "-group", processor + "-1");
        reader.ensureGroup(redis);
        return reader.readNew(redis, atMost, Duration.ZERO);
    }

    /** It answers as our client does: with a result. */
    public void finish(String processor, Entry entry) {
        finish(processor, entry, Result.Status.SUCCESS);
    }

    public void finish(String processor, Entry entry, Result.Status status) {
        QueuedFrame queued = queued(entry);
        Result result = new Result(queued, processor, status, "{}", Instant.now(), Duration.ZERO,
                TraceContext.random());
        if (!answers(processor).done(redis, entry.id(), result)) {
            throw new AssertionError(entry.id() + " was not pending");
        }
    }

    public void giveBack(String processor, Entry entry, ReturnedFrame.Kind kind, Duration after) {
        ReturnedFrame returned = new ReturnedFrame(queued(entry), kind, "said the test", after, processor);
        if (!answers(processor).returned(redis, entry.id(), returned)) {
            throw new AssertionError(entry.id() + " was not pending");
        }
    }

    /** It answers as processors do that are not ours: it acknowledges, and leaves the entry where it is. */
    public void acknowledge(String processor, Entry entry) {
        redis.call("XACK", Keys.READY + processor, processor + "-group", entry.id().toString());
    }

    private static Answers answers(String processor) {
        return new Answers(KEYS,
                new Answers.Post(Keys.READY + processor, processor + "-group", processor, KEYS.results(),
                        Answers.RESULTS_KEPT));
    }

    public static QueuedFrame queued(Entry entry) {
        return switch (QueuedFrame.decode(entry.id(), fields(entry))) {
            case Decoded.Valid<QueuedFrame>(QueuedFrame queued) -> queued;
            case Decoded.Invalid<QueuedFrame> invalid -> throw new AssertionError(invalid.detail());
        };
    }

    public LedgerReader.Reading ledger() {
        return LedgerReader.read(redis, KEYS, GROUP, all().stream().map(Registration::queue).toList());
    }

    public long count(String camera, String what) {
        return ledger().counts().getOrDefault(camera, Map.of()).getOrDefault(what, 0L);
    }

    /** Frames captured less those ended: what the ledger says is under way. */
    public static long inFlight(LedgerReader.Reading reading) {
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
    public Collection<Life> lives() {
        return Stream.of(lives(processors, false), lives(unhealthy, true),
                departed.values().stream().map(one -> new Life(one, Instant.MAX, true, Instant.MAX, true)))
                .flatMap(some -> some).toList();
    }

    private Stream<Life> lives(Map<String, Registration> some, boolean cutOff) {
        return some.values().stream()
                .map(one -> new Life(one, Objects.requireNonNull(since.get(one.id())), cutOff,
                        silentSince.getOrDefault(one.id(), Instant.MAX), false));
    }

    @Override
    public void emptied(Life gone) {
        departed.remove(gone.registration().id());
    }

    @Override
    public void close() {
        ways.forEach(FrameWay::close);
        redis.close();
    }
}
