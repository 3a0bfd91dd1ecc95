package framebuffer.redis.handoff;

import framebuffer.redis.RedisConnection;
import framebuffer.redis.RedisUnavailable;
import framebuffer.redis.Replies;
import framebuffer.redis.Script;
import framebuffer.redis.frames.LedgerReader;
import framebuffer.wire.Keys;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Our group of the capture stream or the returned stream. If it is missing, it is created so that no frame counts twice, although all
 * entries are read again.
 *
 * @param source the source of the group
 * @param queues keys of all work queues that may hold frames; empty: not known yet
 */
public record OrchestratorGroup(Keys keys, FrameSource source, Supplier<Optional<List<String>>> queues) {
    private static final Script MAKE = Script.of("ledger.lua", "make_group.lua");
    private static final Script SET_BACK = Script.of("ids.lua", "astray.lua", "ledger.lua", "reset_group.lua");
    private static final int THERE = 0;
    private static final int MADE = 1;

    /**
     * Creates the group at the start of its stream, and the stream, if they are missing. Returns whether it created the group.
     *
     * @throws RedisUnavailable when frames were counted before and the queues are not known yet
     */
    public boolean ensure(RedisConnection redis) {
        int became = make(redis, "", "");
        while (became != THERE && became != MADE) {
            List<String> all = queues.get().orElseThrow(() -> new RedisUnavailable(
                    "the group " + source.group() + " of " + source.stream()
                            + " is missing, and it is not known yet which processors there are",
                    new IllegalStateException("registry")));
            Object counted = redis.call("HGET", keys.ledger(), "counted");
            LedgerReader.LedgerReading reading = LedgerReader.read(redis, keys, source.group(), all);
            long inStream = reading.begun() - reading.underWay() - reading.removed();
            became = make(redis, Long.toString(inStream),
                    counted == null ? "0" : Replies.text(counted));
        }
        return became == MADE;
    }

    /**
     * Resets the group of this source to its last delivered entry, if XGROUP SETID has moved it beyond all entries: otherwise it would read
     * nothing more. Returns whether it was reset.
     */
    public static boolean setBack(RedisConnection redis, Keys keys, FrameSource source) {
        return Replies.number(SET_BACK.call(redis, List.of(source.stream(), keys.ledger()),
                List.of(source.group(), source.kind().name().toLowerCase(Locale.ROOT)))) == 1;
    }

    private int make(RedisConnection redis, String inStream, String counted) {
        return (int) Replies.number(MAKE.call(redis, List.of(source.stream(), keys.ledger()),
                List.of(source.group(), source.kind().name().toLowerCase(Locale.ROOT), inStream, counted)));
    }
}
