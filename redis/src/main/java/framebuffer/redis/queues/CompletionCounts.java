package framebuffer.redis.queues;

import framebuffer.redis.RedisConnection;
import framebuffer.redis.Replies;
import framebuffer.wire.Keys;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * What was completed (ledger.lua): processor, a space and a bucket of time from capture → frames. Of processors that are gone it is
 * kept under no name, so that the sum over all never falls, and the hash does not grow with each name that ever was.
 */
public final class CompletionCounts {
    /** Under this name stands what processors completed that are gone; no processor has it. */
    public static final String BY_THE_GONE = "";

    /** Upper bounds of the time from capture to acknowledgement, in seconds; the same as in ledger.lua. */
    private static final double[] SECONDS = {.001, .002, .005, .01, .02, .05, .1, .2, .5, 1, 2, 5, 10, 30, 60};

    /** One more than there are bounds: what took longer than the last. */
    public static final int BUCKETS = SECONDS.length + 1;

    private CompletionCounts() {
    }

    /** The upper bound of a bucket, counted from 0, in seconds; that of the last is infinite. */
    public static double bound(int bucket) {
        return bucket < SECONDS.length ? SECONDS[bucket] : Double.POSITIVE_INFINITY;
    }

    /** All of it, at one moment. */
    public static final class CompletionReading {
        /** Nothing was ever completed. */
        public static final CompletionReading NOTHING = new CompletionReading(Map.of(), new long[BUCKETS], 0);

        private final Map<String, Long> byProcessor;
        private final long[] buckets;
        private final double sumSeconds;

        private CompletionReading(Map<String, Long> byProcessor, long[] buckets, double sumSeconds) {
            this.byProcessor = Map.copyOf(byProcessor);
            this.buckets = buckets;
            this.sumSeconds = sumSeconds;
        }

        /** This and that of another partition together. */
        public CompletionReading plus(CompletionReading other) {
            Map<String, Long> processors = new TreeMap<>(byProcessor);
            other.byProcessor.forEach((processor, frames) -> processors.merge(processor, frames, Long::sum));
            long[] sums = buckets.clone();
            for (int bucket = 0; bucket < BUCKETS; bucket++) {
                sums[bucket] += other.buckets[bucket];
            }
            return new CompletionReading(processors, sums, sumSeconds + other.sumSeconds);
        }

        /** Processor → frames it acknowledged; of those that are there. */
        public Map<String, Long> byProcessor() {
            return byProcessor;
        }

        /** Frames that took longer than the bound of the bucket before, and no longer than its own. */
        public long bucket(int bucket) {
            return buckets[bucket];
        }

        /** How long all of them took together. */
        public double sumSeconds() {
            return sumSeconds;
        }
    }

    /** What was completed so far. */
    public static CompletionReading read(RedisConnection redis, Keys keys) {
        return of(Replies.map(redis.call("HGETALL", keys.completed())));
    }

    /** What these fields of the hash say. */
    public static CompletionReading of(Map<String, byte[]> fields) {
        Map<String, Long> byProcessor = new TreeMap<>();
        long[] buckets = new long[BUCKETS];
        double sum = 0;
        for (Map.Entry<String, byte[]> field : fields.entrySet()) {
            long number = Long.parseLong(new String(field.getValue(), StandardCharsets.US_ASCII));
            int space = field.getKey().lastIndexOf(' ');
            if (space < 0) {
                sum = number / 1_000.0;
            } else {
                byProcessor.merge(field.getKey().substring(0, space), number, Long::sum);
                buckets[Integer.parseInt(field.getKey().substring(space + 1)) - 1] += number;
            }
        }
        byProcessor.remove(BY_THE_GONE);
        return new CompletionReading(byProcessor, buckets, sum);
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
