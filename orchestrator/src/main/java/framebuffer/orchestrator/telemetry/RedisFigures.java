package framebuffer.orchestrator.telemetry;

import framebuffer.orchestrator.ledger.Ledger;
import framebuffer.streams.BacklogReader;
import framebuffer.streams.LedgerReader;
import framebuffer.streams.RedisConnection;
import framebuffer.streams.RedisLoop;
import framebuffer.streams.Replies;
import framebuffer.streams.letters.DeadLetters;
import framebuffer.streams.work.Completed;
import framebuffer.wire.Keys;
import framebuffer.wire.processor.Registration;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What only Redis knows, of the whole cluster, read once a second: frames completed, and how many have not been read yet. */
public final class RedisFigures implements RedisLoop.Work {
    /** Upper bounds of the time from capture to acknowledgement, in seconds; the same as in ledger.lua. */
    static final double[] SECONDS = {.001, .002, .005, .01, .02, .05, .1, .2, .5, 1, 2, 5, 10, 30, 60};

    private static final Duration REST = Duration.ofSeconds(1);
    private static final int LEDGER_EVERY = 10;

    private final Keys keys;
    private final String group;
    private final Supplier<Collection<Registration>> queues;
    private volatile Figures figures = new Figures(Map.of(), new long[SECONDS.length + 1], 0, 0, Map.of());
    private volatile @Nullable Boolean balanced;
    private int turns;

    /** What was read last. */
    static final class Figures {
        private final Map<String, Long> completed;
        private final long[] buckets;
        private final double sumSeconds;
        private final long backlog;
        private final Map<String, Long> dropped;

        Figures(Map<String, Long> completed, long[] buckets, double sumSeconds, long backlog,
                Map<String, Long> dropped) {
            this.completed = Map.copyOf(completed);
            this.buckets = buckets.clone();
            this.sumSeconds = sumSeconds;
            this.backlog = backlog;
            this.dropped = Map.copyOf(dropped);
        }

        /** Processor → frames it acknowledged; of those that are there. */
        Map<String, Long> completed() {
            return completed;
        }

        /** Frames that took up to each of the bounds, and more than the last: not cumulative. */
        long bucket(int index) {
            return buckets[index];
        }

        double sumSeconds() {
            return sumSeconds;
        }

        /** Reason → dead letters removed for it. */
        Map<String, Long> dropped() {
            return dropped;
        }

        /** Frames in the capture stream that nobody of us has read. */
        long backlog() {
            return backlog;
        }
    }

    /**
     * @param group
     *            of the capture stream
     * @param queues
     *            all whose queues may hold frames
     */
    public RedisFigures(Keys keys, String group, Supplier<Collection<Registration>> queues) {
        this.keys = keys;
        this.group = group;
        this.queues = queues;
    }

    Figures figures() {
        return figures;
    }

    /** Whether the ledger balanced when it was last looked at; null: nobody has looked yet. */
    @Nullable
    Boolean balanced() {
        return balanced;
    }

    @Override
    public Duration rest() {
        return REST;
    }

    @Override
    public void turn(RedisConnection redis) {
        if (turns++ % LEDGER_EVERY == 0) {
            balanced = Ledger.of(LedgerReader.read(redis, keys, group,
                    queues.get().stream().map(registration -> keys.queue(registration.queue())).toList())).balanced();
        }
        Map<String, Long> completed = new TreeMap<>();
        long[] buckets = new long[SECONDS.length + 1];
        double sum = 0;
        for (Map.Entry<String, byte[]> field : Replies.map(redis.call("HGETALL", keys.completed())).entrySet()) {
            long number = Long.parseLong(new String(field.getValue(), StandardCharsets.US_ASCII));
            int space = field.getKey().lastIndexOf(' ');
            if (space < 0) {
                sum = number / 1_000.0;
            } else {
                completed.merge(field.getKey().substring(0, space), number, Long::sum);
                buckets[Integer.parseInt(field.getKey().substring(space + 1)) - 1] += number;
            }
        }
        completed.remove(Completed.BY_THE_GONE);
        figures = new Figures(completed, buckets, sum,
                BacklogReader.read(redis, keys, group, List.of()).capture().unread(),
                new DeadLetters(keys).dropped(redis));
    }
}
