package framebuffer.redis.tables;

import framebuffer.redis.RedisConnection;
import framebuffer.wire.Keys;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.UUID;

/**
 * The shares of one partition: how many frames of each processor may be outstanding there. They stand in the partition's own slot, where each
 * hand-off looks. The {@link Grants} of all partitions stand in the first partition. A partition that wants more first gets a larger grant,
 * and a partition that gives some up first lowers its share: whatever is lost on the way, no more is used than there is.
 *
 * <p>
 * Each change names the version that the caller saw, and is refused where there is another one.
 */
public interface ShareStore {
    /**
     * How many frames, and of which version; each change makes another version.
     *
     * @param text
     *            as it stands in Redis, {@code FRAMES VERSION}; empty: there is none
     */
    record VersionedCount(String text) {
        public static final VersionedCount NONE = new VersionedCount("");

        public static VersionedCount of(long frames, String version) {
            return new VersionedCount(frames + " " + version);
        }

        /** A count of a version that never was before. */
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
     * @param outstanding
     *            frames in the processor's queue there; empty when there is no such queue, or nobody looked
     */
    record OwnShare(VersionedCount share, OptionalLong outstanding) {
    }

    /** A new value of the share of a queue; refused when the share is no longer the one that was seen. */
    record ShareChange(String queue, VersionedCount seen, VersionedCount wanted) {
    }

    /** Key of a queue → its share. */
    Map<String, OwnShare> read(List<String> queues);

    /** Key of each queue that has a share → that share; the queues are not read. */
    Map<String, OwnShare> readAll();

    /** Changes shares; answers the new shares, without those that were refused. */
    Map<String, OwnShare> set(List<ShareChange> changes);

    /**
     * Removes shares, each only while it is the one that was seen and there is no such queue, or its processor is registered and does not read
     * in all partitions.
     *
     * @param owners
     *            queue → id of its processor, as far as known
     */
    void remove(Map<String, OwnShare> seen, Map<String, String> owners);

    /** The shares of the partition with these keys. */
    static ShareStore of(RedisConnection redis, Keys keys) {
        return new RedisShareStore(redis, keys);
    }

    /** The command by which a queue has a share of nothing from its beginning: without a share, its processor's whole capacity could be used. */
    static List<Object> begin(Keys keys, String queue) {
        return List.of("HSETNX", keys.shares(), queue, VersionedCount.ofNewVersion(0).text());
    }

    /** The grants and the demand of all partitions: of a processor, all partitions together never have more than its capacity. */
    interface Grants {
        /**
         * A new value of a grant; refused when the grant is no longer the one that was seen, or no more frames are free.
         *
         * @param wanted
         *            frames; empty to remove the grant
         */
        record GrantChange(String processor, int capacity, VersionedCount seen, OptionalLong wanted) {
        }

        /**
         * The grants and the demand of all partitions.
         *
         * @param granted
         *            by processor id, a space, and the number of a partition
         * @param demand
         *            number of a partition → the last report of it
         * @param seconds
         *            Redis's clock
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

        /** Changes grants of a partition; answers the new grants by processor, without those that were refused. */
        Map<String, VersionedCount> set(int partition, int partitions, List<GrantChange> changes);

        /** The grants in the first partition, which has these keys. */
        static Grants of(RedisConnection redis, Keys first) {
            return new RedisGrants(redis, first);
        }
    }
}
