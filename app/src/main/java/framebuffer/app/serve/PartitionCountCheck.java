package framebuffer.app.serve;

import framebuffer.app.terminal.CannotRun;
import framebuffer.redis.RedisAddress;
import framebuffer.redis.RedisConnection;
import framebuffer.redis.RedisRefused;
import framebuffer.redis.RedisUnavailable;
import framebuffer.redis.cluster.PartitionCount;
import framebuffer.redis.frames.BacklogReader;
import framebuffer.wire.Keys;
import framebuffer.wire.Partitioning;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Checks that a service starts with the number of partitions in Redis: frames in further partitions would wait forever. */
public final class PartitionCountCheck {
    private static final Logger log = LoggerFactory.getLogger(PartitionCountCheck.class);
    private static final String HOW = "; docs/partitions.md says how to change the number";

    private PartitionCountCheck() {
    }

    /**
     * Records the number of partitions at the first start; each later start must use the same number. The number cannot change before this
     * instance has announced itself.
     *
     * @param group our consumer group on the capture stream
     * @throws CannotRun when the number differs
     */
    public static void of(RedisAddress address, Partitioning partitioning, String group) {
        if (partitioning.prefix().indexOf('{') >= 0) {
            // A prefix with a hash tag belongs to a user who assigns partitions in another way.
            return;
        }
        try (RedisConnection redis = RedisConnection
                .open(address.holding(PartitionCount.where(partitioning.prefix())))) {
            if (partitioning.tagged() && address.cluster() == null) {
                nothingWithoutPartitions(redis, new Keys(partitioning.prefix()), group);
            }
            check(claimed(redis, partitioning), partitioning);
        } catch (RedisUnavailable e) {
            log.warn("cannot check that there are {} partitions: {}", partitioning.count(), e.getMessage());
        }
    }

    private static int claimed(RedisConnection redis, Partitioning partitioning) {
        try {
            return PartitionCount.claim(redis, partitioning).orElseThrow(() -> new CannotRun(
                    "a command is changing the number of partitions: start the service after it; if the command was interrupted, in "
                            + PartitionCount.CHANGES_WITHIN.toSeconds() + " seconds"));
        } catch (RedisRefused e) {
            log.warn("cannot record that this instance starts: {}", e.getMessage());
            return PartitionCount.read(redis, partitioning.prefix()).orElse(partitioning.count());
        }
    }

    private static void check(int said, Partitioning partitioning) {
        if (said != partitioning.count()) {
            throw new CannotRun("the frames in this Redis are spread over " + said + " partitions, not "
                    + partitioning.count() + ": start the service with --partitions " + said + HOW);
        }
    }

    private static void nothingWithoutPartitions(RedisConnection redis, Keys plain, String group) {
        long waiting = BacklogReader.read(redis, plain, group, List.of()).capture().backlog();
        if (waiting > 0) {
            throw new CannotRun(waiting + " frames wait in " + plain.capture()
                    + ", which belongs to no partition: start the service with --partitions 1 until they are done"
                    + HOW);
        }
    }
}
