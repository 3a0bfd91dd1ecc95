package framebuffer.streams.work;

import framebuffer.streams.RedisConnection;
import framebuffer.streams.Replies;
import framebuffer.wire.Keys;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * What was completed (ledger.lua): processor, a space and a bucket of time from capture → frames. Of processors that are gone it is
 * kept under no name, so that the sum over all never falls, and the hash does not grow with each name that ever was.
 */
public final class Completed {
    /** Under this name stands what processors completed that are gone; no processor has it. */
    public static final String BY_THE_GONE = "";

    private static final int BUCKETS = 16;

    private Completed() {
    }

    /** The commands that do it for a processor whose queue is removed in the same transaction: it can complete nothing meanwhile. */
    public static Stream<List<Object>> moveToTheGone(RedisConnection redis, Keys keys, String processor) {
        List<Object> asked = new ArrayList<>(List.of(keys.completed()));
        IntStream.rangeClosed(1, BUCKETS).forEach(bucket -> asked.add(processor + " " + bucket));
        List<?> frames = Replies.list(redis.call("HMGET", asked.toArray()));
        List<List<Object>> moves = new ArrayList<>();
        for (int bucket = 1; bucket <= BUCKETS; bucket++) {
            Object completed = frames.get(bucket - 1);
            if (completed != null) {
                moves.add(List.of("HINCRBY", keys.completed(), BY_THE_GONE + " " + bucket, Replies.text(completed)));
                moves.add(List.of("HDEL", keys.completed(), processor + " " + bucket));
            }
        }
        return moves.stream();
    }
}
