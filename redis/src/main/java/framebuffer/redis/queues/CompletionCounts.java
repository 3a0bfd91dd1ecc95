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
 * Counts of completed frames (ledger.lua): processor, a space and a bucket of time since capture → frames. The counts of removed processors
 * are merged, so that the total never falls and the hash does not grow with each old name.
 */
public final class CompletionCounts {
    /** The name for the counts of removed processors; no processor has this name. */
    public static final String BY_THE_GONE = "";

    /** Upper bounds of the time from capture to acknowledgement, in seconds; the same as in ledger.lua. */
    private static final double[] SECONDS = {.001, .002, .005, .01, .02, .05, .1, .2, .5, 1, 2, 5, 10, 30, 60};

    /** Number of buckets; the last is for times above all bounds. */
    public static final int BUCKETS = SECONDS.length + 1;

    private CompletionCounts() {
    }

    /** The upper bound of a bucket (from 0), in seconds; infinite for the last bucket. */
    public static double bound(int bucket) {
        return bucket < SECONDS.length ? SECONDS[bucket] : Double.POSITIVE_INFINITY;
    }

    /** All counts at one moment. */
    public static final class CompletionReading {
        /** No completed frames. */
        public static final CompletionReading NOTHING = new CompletionReading(Map.of(), new long[BUCKETS], 0);

        private final Map<String, Long> byProcessor;
        private final long[] buckets;
        private final double sumSeconds;

        private CompletionReading(Map<String, Long> byProcessor, long[] buckets, double sumSeconds) {
            this.byProcessor = Map.copyOf(byProcessor);
            this.buckets = buckets;
            this.sumSeconds = sumSeconds;
        }

        /** The sum with another partition. */
        public CompletionReading plus(CompletionReading other) {
            Map<String, Long> processors = new TreeMap<>(byProcessor);
            other.byProcessor.forEach((processor, frames) -> processors.merge(processor, frames, Long::sum));
            long[] sums = buckets.clone();
            for (int bucket = 0; bucket < BUCKETS; bucket++) {
                sums[bucket] += other.buckets[bucket];
            }
            return new CompletionReading(processors, sums, sumSeconds + other.sumSeconds);
        }

        /** Processor → frames it has acknowledged; existing processors only. */
        public Map<String, Long> byProcessor() {
            return byProcessor;
        }

        /** The number of frames in each bucket: above the previous bound, up to its own. */
        public long bucket(int bucket) {
            return buckets[bucket];
        }

        /** The sum of all times. */
        public double sumSeconds() {
            return sumSeconds;
        }
    }

    /** Reads all counts. */
    public static CompletionReading read(RedisConnection redis, Keys keys) {
        return of(Replies.map(redis.call("HGETALL", keys.completed())));
    }

    /** Parses the fields of the hash. */
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

    /**
     * The commands that merge the counts of a processor whose queue is removed in the same transaction, so that no frame is completed
     * meanwhile.
     */
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
