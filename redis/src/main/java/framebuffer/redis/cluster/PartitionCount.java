package framebuffer.redis.cluster;

import framebuffer.redis.RedisConnection;
import framebuffer.redis.Replies;
import framebuffer.redis.Script;
import framebuffer.wire.Keys;
import framebuffer.wire.Partitioning;
import java.time.Duration;
import java.util.List;
import java.util.OptionalInt;
import java.util.UUID;

/** The number of partitions over which the frames in a Redis are spread; Redis stores it, so that all users agree. */
public final class PartitionCount {
    /** Time after which a started instance has announced itself. */
    public static final Duration STARTS_WITHIN = Duration.ofSeconds(10);
    /** A change that takes longer counts as interrupted. */
    public static final Duration CHANGES_WITHIN = Duration.ofMinutes(1);

    private static final Script CLAIM = Script.of("claim_partition_count.lua");
    private static final Script CHANGE = Script.of("begin_partition_change.lua");
    private static final Script GOES_ON = Script.of("extend_partition_change.lua");
    private static final Script CHANGED = Script.of("end_partition_change.lua");

    private PartitionCount() {
    }

    /** Why the number cannot change now. */
    public enum Obstacle {
        /** An instance was started less than {@link #STARTS_WITHIN} ago and may not have announced itself yet. */
        STARTING,
        /** Another caller is changing the number. */
        CHANGING,
        /** The change took longer than {@link #CHANGES_WITHIN}: an instance may have started since. */
        TOO_LATE
    }

    /** The number cannot change now. */
    @SuppressWarnings("serial") // Never written.
    public static final class ChangeRefused extends RuntimeException {
        private final Obstacle obstacle;

        private ChangeRefused(Obstacle obstacle) {
            super(obstacle.name());
            this.obstacle = obstacle;
        }

        public Obstacle obstacle() {
            return obstacle;
        }
    }

    private static Keys keys(String prefix) {
        return Partitioning.tagged(prefix, 1).keys(0);
    }

    /** The key of the number, in any layout; for {@link framebuffer.redis.RedisAddress#holding}. */
    public static String where(String prefix) {
        return keys(prefix).partitions();
    }

    /** The stored number; empty: there were never several partitions. */
    public static OptionalInt read(RedisConnection redis, String prefix) {
        Object said = redis.call("GET", where(prefix));
        return said == null ? OptionalInt.empty() : OptionalInt.of(Integer.parseInt(Replies.text(said)));
    }

    /**
     * Announces an instance that starts with this number. Stores the number if none is stored and the partitions are tagged.
     *
     * @return the stored number; empty: the number is changing
     */
    public static OptionalInt claim(RedisConnection redis, Partitioning partitioning) {
        Keys keys = keys(partitioning.prefix());
        int said = (int) Replies.number(CLAIM.call(redis,
                List.of(keys.partitions(), keys.partitionsStarting(), keys.partitionsChanging()),
                List.of(partitioning.count(), partitioning.tagged() ? 1 : 0, STARTS_WITHIN.toMillis())));
        return said == 0 ? OptionalInt.empty() : OptionalInt.of(said);
    }

    /**
     * Begins a change. No instance starts until the change is closed, at most {@link #CHANGES_WITHIN}.
     *
     * @throws ChangeRefused when an instance is starting, or another caller is changing the number
     */
    public static CountChange change(RedisConnection redis, String prefix) {
        Keys keys = keys(prefix);
        String who = UUID.randomUUID().toString();
        int may = (int) Replies.number(
                CHANGE.call(redis, List.of(keys.partitionsStarting(), keys.partitionsChanging()),
                        List.of(CHANGES_WITHIN.toMillis(), who)));
        if (may != 1) {
            throw new ChangeRefused(may == 0 ? Obstacle.STARTING : Obstacle.CHANGING);
        }
        return new CountChange(redis, keys, who);
    }

    /** A change of the number. */
    public static final class CountChange implements AutoCloseable {
        private final RedisConnection redis;
        private final Keys keys;
        private final String who;
        private boolean over;

        private CountChange(RedisConnection redis, Keys keys, String who) {
            this.redis = redis;
            this.keys = keys;
            this.who = who;
        }

        /**
         * Extends the change by its full time.
         *
         * @throws ChangeRefused when the change took too long
         */
        public void goOn() {
            if (Replies.number(GOES_ON.call(redis, List.of(keys.partitionsChanging()),
                    List.of(who, CHANGES_WITHIN.toMillis()))) == 0) {
                throw new ChangeRefused(Obstacle.TOO_LATE);
            }
        }

        /**
         * Completes the change with this number of tagged partitions.
         *
         * @throws ChangeRefused when the change took too long
         */
        public void to(int count) {
            end(Integer.toString(count));
        }

        /**
         * Completes the change with one partition of plain key names.
         *
         * @throws ChangeRefused when the change took too long
         */
        public void toNone() {
            end("0");
        }

        private void end(String count) {
            over = true;
            if (Replies.number(CHANGED.call(redis, List.of(keys.partitions(), keys.partitionsChanging()),
                    List.of(who, count))) == 0) {
                throw new ChangeRefused(Obstacle.TOO_LATE);
            }
        }

        /** Cancels the change if it is not completed. */
        @Override
        public void close() {
            if (!over) {
                CHANGED.call(redis, List.of(keys.partitions(), keys.partitionsChanging()), List.of(who, ""));
            }
        }
    }
}
