package framebuffer.migration.shadow;

import framebuffer.migration.gate.GateStreams;
import framebuffer.migration.shadow.ShadowDecision.Outcome;
import framebuffer.migration.shadow.ShadowSimulation.SimulatedFrame;
import framebuffer.migration.shadow.ShadowStore.ShadowRead;
import framebuffer.redis.RedisConnection;
import framebuffer.redis.RedisLoop;
import framebuffer.redis.StreamEntry;
import framebuffer.wire.frame.Frame;
import framebuffer.wire.frame.FrameCodec;
import framebuffer.wire.text.Decoded;
import framebuffer.wire.text.Fields;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Records what this service would do with each frame, and hands off nothing. Whoever runs it sees to it that one instance does so at a time. */
public final class Shadow implements RedisLoop.Work {
    private static final Logger log = LoggerFactory.getLogger(Shadow.class);
    /** How often it looks which processors there are. */
    private static final Duration LOOK = Duration.ofSeconds(1);
    /** How long one turn waits for a frame, and for the switch. */
    private static final Duration WAIT = Duration.ofMillis(100);

    private final GateStreams streams;
    private final ShadowPolicy policy;
    private final LongSupplier nanos;
    private final Map<Outcome, AtomicLong> counts = new EnumMap<>(Outcome.class);
    private volatile @Nullable ShadowSimulation simulation;
    private long lookAt;
    private Duration rest = Duration.ZERO;

    /** @param nanos a monotonic clock */
    public Shadow(GateStreams streams, ShadowPolicy policy, LongSupplier nanos) {
        this.streams = streams;
        this.policy = policy;
        this.nanos = nanos;
        for (Outcome outcome : Outcome.values()) {
            counts.put(outcome, new AtomicLong());
        }
    }

    @Override
    public Duration rest() {
        return rest;
    }

    /** Whether this instance records. */
    public boolean isOn() {
        return simulation != null;
    }

    /** Outcome → frames for which this instance has decided so. */
    public Map<String, Long> counts() {
        Map<String, Long> now = new TreeMap<>();
        counts.forEach((outcome, count) -> now.put(outcome.word(), count.get()));
        return now;
    }

    @Override
    public void runOnce(RedisConnection redis) {
        Optional<ShadowRead> read = ShadowStore.read(redis, streams);
        rest = read.isPresent() ? Duration.ZERO : WAIT;
        if (read.isEmpty()) {
            stopping(redis);
            return;
        }
        record(redis, read.get());
        if (!read.get().isFull()) {
            redis.call("XREAD", "COUNT", 1, "BLOCK", WAIT.toMillis(), "STREAMS", streams.keys().produced(),
                    read.get().last().toString());
        }
    }

    @Override
    public void stopping(RedisConnection redis) {
        if (simulation != null) {
            simulation = null;
            log.info("the shadow ends on this instance; it has decided on frames as follows: {}", counts());
        }
    }

    private void record(RedisConnection redis, ShadowRead read) {
        ShadowSimulation current = simulation;
        boolean begins = current == null;
        if (current == null) {
            current = new ShadowSimulation(policy.sticky(), TimeUnit.MILLISECONDS.toMicros(policy.maxAge().toMillis()));
            simulation = current;
            log.info("the shadow begins on this instance: it records in {} what this service would do with each frame",
                    streams.keys().shadow());
        }
        if (begins || nanos.getAsLong() - lookAt >= 0) {
            lookAt = nanos.getAsLong() + LOOK.toNanos();
            current.available(ProcessorReader.read(redis, streams.keys()).stream()
                    .map(ProcessorReader.WorkingProcessor::processor).toList());
        }
        List<ShadowRecord> records = new ArrayList<>();
        for (StreamEntry entry : read.frames()) {
            records.addAll(decide(current, entry, read));
        }
        ShadowStore.append(redis, streams.keys(), records);
    }

    private List<ShadowRecord> decide(ShadowSimulation current, StreamEntry entry, ShadowRead read) {
        Fields fields = entry.fields() == null ? Fields.ofText() : entry.fields();
        String frameId = "";
        String cameraId = "";
        Instant timestamp = entry.id().time();
        ShadowDecision decision;
        switch (FrameCodec.decode(entry.id(), fields)) {
            case Decoded.Valid<Frame>(Frame frame) -> {
                frameId = frame.frameId();
                cameraId = frame.cameraId();
                timestamp = frame.timestamp();
                decision = current.decide(new SimulatedFrame(cameraId, frame.capabilities(),
                        micros(entry.id().time()),
                        frame.expiresAt() == null ? Long.MAX_VALUE : micros(frame.expiresAt())), micros(read.now()));
            }
            case Decoded.Invalid<Frame>(List<Decoded.FieldProblem> problems) ->
                decision = ShadowDecision.without(Outcome.INVALID, problems.getFirst().field(), 0, List.of());
        }
        Objects.requireNonNull(counts.get(decision.outcome())).incrementAndGet();
        List<ShadowRecord> records = new ArrayList<>();
        for (ShadowDecision.SimulatedPart part : decision.parts()) {
            records.add(new ShadowRecord(entry.id(), frameId, cameraId, part.capability(), decision.outcome().word(),
                    decision.reason(), part.processor(), Duration.of(decision.waitMicros(), ChronoUnit.MICROS),
                    Duration.between(timestamp, read.now()), read.now(), read.older()));
        }
        return records;
    }

    private static long micros(Instant moment) {
        return TimeUnit.SECONDS.toMicros(moment.getEpochSecond()) + moment.getNano() / 1_000;
    }
}
