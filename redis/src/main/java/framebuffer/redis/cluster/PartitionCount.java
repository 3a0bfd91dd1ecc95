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

/** Over how many partitions the frames in a Redis are spread: kept there, so that nobody takes it for another number. */
public final class PartitionCount {
    /** An instance that was started so long ago says itself that it runs. */
    public static final Duration STARTS_WITHIN = Duration.ofSeconds(10);
    /** A change that takes longer was cut off. */
    public static final Duration CHANGES_WITHIN = Duration.ofMinutes(1);

    private static final Script CLAIM = Script.of("claim_partition_count.lua");
    private static final Script CHANGE = Script.of("begin_partition_change.lua");
    private static final Script GOES_ON = Script.of("extend_partition_change.lua");
    private static final Script CHANGED = Script.of("end_partition_change.lua");

    private PartitionCount() {
    }

    /** Why it cannot be changed now. */
    public enum Obstacle {
        /** An instance was started less than {@link #STARTS_WITHIN} ago, and has perhaps not yet said that it runs. */
        STARTING,
        /** Somebody else does. */
        CHANGING,
        /** It took longer than {@link #CHANGES_WITHIN}: an instance may have started since. */
        TOO_LATE
    }

    /** It cannot be changed now. */
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

    /** The key that says it, wherever partitions lie; for {@link framebuffer.redis.RedisAddress#holding}. */
    public static String where(String prefix) {
        return keys(prefix).partitions();
    }

    /** How many it says; empty: there were never several. */
    public static OptionalInt read(RedisConnection redis, String prefix) {
        Object said = redis.call("GET", where(prefix));
        return said == null ? OptionalInt.empty() : OptionalInt.of(Integer.parseInt(Replies.text(said)));
    }

    /**
     * For an instance that is about to start with so many. When they are tagged and nothing was said before, it is from now on.
     *
     * @return how many there are; empty: that is being changed
     */
    public static OptionalInt claim(RedisConnection redis, Partitioning partitioning) {
        Keys keys = keys(partitioning.prefix());
        int said = (int) Replies.number(CLAIM.call(redis,
                List.of(keys.partitions(), keys.partitionsStarting(), keys.partitionsChanging()),
                List.of(partitioning.count(), partitioning.tagged() ? 1 : 0, STARTS_WITHIN.toMillis())));
        return said == 0 ? OptionalInt.empty() : OptionalInt.of(said);
    }

    /**
     * Until it is closed, at most {@link #CHANGES_WITHIN}, no instance starts.
     *
     * @throws ChangeRefused
     *             when one does already, or somebody else changes it
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

    /** A change of it. */
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
         * It goes on, and from now on has the whole time again.
         *
         * @throws ChangeRefused
         *             when it took too long
         */
        public void goOn() {
            if (Replies.number(GOES_ON.call(redis, List.of(keys.partitionsChanging()),
                    List.of(who, CHANGES_WITHIN.toMillis()))) == 0) {
                throw new ChangeRefused(Obstacle.TOO_LATE);
            }
        }

        /**
         * Ends it: from now on there are so many.
         *
         * @throws ChangeRefused
         *             when it took too long
         */
        public void to(int count) {
            end(Integer.toString(count));
        }

        /**
         * Ends it: from now on there is one, of plain names.
         *
         * @throws ChangeRefused
         *             when it took too long
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

        /** Leaves it, if it has not ended. */
        @Override
        public void close() {
            if (!over) {
                CHANGED.call(redis, List.of(keys.partitions(), keys.partitionsChanging()), List.of(who, ""));
            }
        }
    }
}
