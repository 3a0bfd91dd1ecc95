package framebuffer.migration.gate;

import framebuffer.redis.RedisConnection;
import framebuffer.redis.RedisRefused;
import framebuffer.redis.Replies;
import framebuffer.redis.Script;
import framebuffer.wire.EntryId;
import framebuffer.wire.Keys;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** The gate in Redis. Each step is one script, so that a frame is on exactly one side whatever is killed. */
public final class GateStore {
    private static final String LUA = "/framebuffer/migration/";
    private static final Script FORWARD = script("forward.lua");
    private static final Script OPEN = script("open_gate.lua");
    private static final Script CLOSE = script("close_gate.lua");
    private static final Script GIVE_BACK = script("give_back.lua");
    private static final Script FINISH = script("finish.lua");
    private static final Script LEASE = Script.of(LUA + "gate_lease.lua");
    /** Most frames that one script copies; they may carry their pixels. */
    static final int BATCH = 64;
    /** Most entries of the older service's stream; beyond it the oldest is dropped, and counted. */
    static final int LEGACY_ENTRIES = 100_000;

    private static final Duration FINISHES_WITHIN = Duration.ofSeconds(30);

    private GateStore() {
    }

    private static Script script(String name) {
        return Script.of("ids.lua", LUA + "streams.lua", LUA + name);
    }

    /**
     * One step of the gate.
     *
     * @param frames how many frames it took
     * @param last the last frame that it ever took
     */
    record GateStep(int frames, EntryId last) {
        /** Whether more frames may wait. */
        boolean isFull() {
            return frames == BATCH;
        }
    }

    /**
     * Copies the next frames of the producers to the side that each belongs to.
     *
     * @return empty: the gate is off
     * @throws RedisRefused when Redis refuses; then no frame was copied
     */
    static Optional<GateStep> forward(RedisConnection redis, GateStreams streams) {
        Keys keys = streams.keys();
        List<?> reply = Replies.list(FORWARD.call(redis,
                List.of(keys.produced(), keys.capture(), keys.legacy(), keys.control(), keys.migration()),
                List.of(streams.group(), BATCH, LEGACY_ENTRIES)));
        return reply.isEmpty()
                ? Optional.empty()
                : Optional.of(new GateStep((int) Replies.number(reply.getFirst()),
                        EntryId.parse(Replies.text(reply.getLast()))));
    }

    /**
     * Opens the gate where the older service stopped reading. What that service held goes to the stream that it reads now. Can be repeated
     * after a crash.
     *
     * @throws RedisRefused when the older service has no consumer group on the producers' stream
     */
    public static void open(RedisConnection redis, GateStreams streams) {
        Keys keys = streams.keys();
        Object reply;
        do {
            reply = OPEN.call(redis, List.of(keys.produced(), keys.legacy(), keys.control(), keys.migration()),
                    List.of(streams.group(), streams.legacyGroup(), BATCH));
        } while (Replies.text(reply).equals("more"));
    }

    /** Takes the gate away: the older service continues in the producers' stream where the gate stopped. Can be repeated. */
    public static void close(RedisConnection redis, GateStreams streams) {
        Keys keys = streams.keys();
        CLOSE.call(redis, List.of(keys.produced(), keys.control()), List.of(streams.group(), streams.legacyGroup()));
    }

    /**
     * Moves what the older service left in its own stream back to the producers' stream. Call it when that service reads the producers'
     * stream again, or it may handle a frame twice. Can be repeated.
     *
     * @throws IllegalStateException when the gate is on
     */
    public static void giveBack(RedisConnection redis, GateStreams streams) {
        Keys keys = streams.keys();
        long left;
        do {
            left = Replies.number(GIVE_BACK.call(redis,
                    List.of(keys.legacy(), keys.produced(), keys.control(), keys.migration()),
                    List.of(streams.legacyGroup(), BATCH)));
        } while (left > 0);
        if (left < 0) {
            throw new IllegalStateException("the gate is on: the older service reads " + keys.legacy());
        }
    }

    /**
     * Ends the migration: this service reads the producers' stream again. No instance may run.
     *
     * @return false: an instance works as the gate, and nothing changed
     * @throws RedisRefused when the older service was not decommissioned, or another group reads the producers' stream
     */
    public static boolean finish(RedisConnection redis, GateStreams streams) {
        Keys keys = streams.keys();
        String holder = "finish " + UUID.randomUUID();
        if (!takeLease(redis, keys, holder, FINISHES_WITHIN)) {
            return false;
        }
        Object reply;
        do {
            while (forward(redis, streams).filter(GateStep::isFull).isPresent()) {
                takeLease(redis, keys, holder, FINISHES_WITHIN);
            }
            reply = FINISH.call(redis, List.of(keys.produced(), keys.capture(), keys.control(), keys.migration()),
                    List.of(streams.group()));
        } while (Replies.text(reply).equals("more"));
        takeLease(redis, keys, holder, Duration.ofMillis(1));
        return true;
    }

    /** Takes or extends the lease of the instance that works as the gate. Several instances would only wake each other. */
    static boolean takeLease(RedisConnection redis, Keys keys, String instance, Duration lease) {
        return Replies.number(LEASE.call(redis, List.of(keys.gateLease()), List.of(instance, lease.toMillis()))) == 1;
    }
}
