package framebuffer.orchestrator.cluster.membership;

import framebuffer.redis.RedisConnection;
import framebuffer.redis.cluster.InstanceStore;
import framebuffer.redis.cluster.InstanceStore.TakenFrames;
import java.util.function.LongConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes over the frames of an instance that has shut down or is dead. If that instance was only suspended, no frame goes twice: the first
 * instance that acknowledges a frame hands it off, and the counts of the other are refused.
 *
 * @param instances the instances of one partition
 * @param ledgerFields most fields in the ledger
 * @param lost receives the number of frames that were deleted before their hand-off
 */
public record FrameTakeOver(InstanceStore instances, int ledgerFields, LongConsumer lost) {
    private static final Logger log = LoggerFactory.getLogger(FrameTakeOver.class);

    /**
     * Takes over; logs and counts the result.
     *
     * @param beat the last beat of the other instance: a newer one cancels the take-over
     * @return the frames; incomplete: not all of them
     */
    TakenFrames takeOver(RedisConnection redis, String other, String beat) {
        TakenFrames taken = instances.takeOver(redis, other, beat, ledgerFields);
        report(other, beat.equals(InstanceStore.LEFT) ? "has shut down" : "is silent", taken);
        return taken;
    }

    private void report(String other, String state, TakenFrames taken) {
        String stream = instances.keys().capture();
        // Each restart leaves an instance without frames behind, which is not worth a line.
        if (taken.pending() > 0) {
            log.warn("instance {} {}: took over its {} frames from {}", other, state, taken.pending(), stream);
        }
        if (taken.lost() > 0) {
            lost.accept(taken.lost());
            log.warn("{} frames of instance {} are lost: they were deleted from {} before the hand-off",
                    taken.lost(), other, stream);
        }
    }
}
