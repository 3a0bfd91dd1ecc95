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
 * Our group of the capture stream, or of the frames given back: made where it is missing, so that no frame is counted twice although all
 * that is there is read again.
 *
 * @param source
 *            whose group it is
 * @param queues
 *            the keys of all work queues that may hold frames; empty: not known yet
 */
public record OrchestratorGroup(Keys keys, FrameSource source, Supplier<Optional<List<String>>> queues) {
    private static final Script MAKE = Script.of("ledger.lua", "make_group.lua");
    private static final Script SET_BACK = Script.of("ids.lua", "astray.lua", "ledger.lua", "reset_group.lua");
    private static final int THERE = 0;
    private static final int MADE = 1;

    /**
     * Makes it at the start of its stream, and the stream, where they are missing. Answers whether it did.
     *
     * @throws RedisUnavailable
     *             when frames were counted before and it is not known yet where they may be
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
     * Sets the group of this source back to what it was given last, where somebody has set it behind all that was ever added: else it
     * would read nothing any more. Answers whether it did.
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
