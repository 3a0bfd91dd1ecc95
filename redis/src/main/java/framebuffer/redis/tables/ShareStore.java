package framebuffer.redis.tables;

import framebuffer.redis.RedisConnection;
import framebuffer.wire.Keys;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.UUID;

/**
 * The shares of one partition: how many frames of each processor may be outstanding there. They are in the partition's own slot, where each
 * hand-off reads them. The {@link Grants} of all partitions are in the first partition. To grow, a partition first gets a larger grant; to
 * shrink, it first lowers its share. So the sum never exceeds the capacity, even after a failure between the steps.
 *
 * <p>
 * Each change names the version that the caller saw, and is refused if the version is another.
 */
public interface ShareStore {
    /**
     * A number of frames with a version; each change creates a new version.
     *
     * @param text as stored in Redis, {@code FRAMES VERSION}; empty: none
     */
    record VersionedCount(String text) {
        public static final VersionedCount NONE = new VersionedCount("");

        public static VersionedCount of(long frames, String version) {
            return new VersionedCount(frames + " " + version);
        }

        /** A count with a new version. */
        public static VersionedCount ofNewVersion(long frames) {
            return of(frames, "given-up " + UUID.randomUUID());
        }

        /** The frames; 0 when there is no count. */
        public long frames() {
            int space = text.indexOf(' ');
            return space < 0 ? 0 : Long.parseLong(text.substring(0, space));
        }

        /** The version; {@code 0} when there is no count. */
        public String version() {
            int space = text.indexOf(' ');
            return space < 0 ? "0" : text.substring(space + 1);
        }
    }

    /**
     * The share of one processor.
     *
     * @param outstanding outstanding frames in the processor's queue; empty if the queue does not exist or was not read
     */
    record OwnShare(VersionedCount share, OptionalLong outstanding) {
    }

    /** A new value of the share of a queue; refused when the share has changed since it was seen. */
    record ShareChange(String queue, VersionedCount seen, VersionedCount wanted) {
    }

    /** Key of a queue → its share. */
    Map<String, OwnShare> read(List<String> queues);

    /** Key of each queue with a share → its share; does not read the queues. */
    Map<String, OwnShare> readAll();

    /** Changes shares; returns the new shares without the refused ones. */
    Map<String, OwnShare> set(List<ShareChange> changes);

    /**
     * Removes unchanged shares whose queue does not exist, or whose processor is registered and does not read in all partitions.
     *
     * @param owners queue → id of its processor, if known
     */
    void remove(Map<String, OwnShare> seen, Map<String, String> owners);

    /** The shares of the partition with these keys. */
    static ShareStore of(RedisConnection redis, Keys keys) {
        return new RedisShareStore(redis, keys);
    }

    /** The command that creates a share of 0 for a new queue: without a share, the whole capacity of its processor could be used. */
    static List<Object> begin(Keys keys, String queue) {
        return List.of("HSETNX", keys.shares(), queue, VersionedCount.ofNewVersion(0).text());
    }

    /** The grants and the demand of all partitions. The grants of a processor never exceed its capacity. */
    interface Grants {
        /**
         * A new value of a grant; refused when the grant has changed since it was seen, or no capacity is free.
         *
         * @param wanted frames; empty to remove the grant
         */
        record GrantChange(String processor, int capacity, VersionedCount seen, OptionalLong wanted) {
        }

        /**
         * The grants and the demand of all partitions.
         *
         * @param granted processor id, a space, number of a partition → grant
         * @param demand number of a partition → the last report of it
         * @param seconds Redis's clock
         */
        record Reading(Map<String, VersionedCount> granted, Map<String, String> demand, long seconds) {
            /** The grant of a partition. */
            public VersionedCount granted(String processor, int partition) {
                return granted.getOrDefault(processor + ' ' + partition, VersionedCount.NONE);
            }
        }

        /** The time by Redis's clock. */
        Instant now();

        /** Publishes the demand of a partition, and reads the grants and reports of all. */
        Reading publish(int partition, String demand);

        /** Changes grants of a partition; returns the new grants by processor, without the refused ones. */
        Map<String, VersionedCount> set(int partition, int partitions, List<GrantChange> changes);

        /** The grants in the first partition, with these keys. */
        static Grants of(RedisConnection redis, Keys first) {
            return new RedisGrants(redis, first);
        }
    }
}
