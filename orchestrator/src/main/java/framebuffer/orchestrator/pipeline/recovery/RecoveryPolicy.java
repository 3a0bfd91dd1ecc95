package framebuffer.orchestrator.pipeline.recovery;

import framebuffer.orchestrator.pipeline.intake.Delivery.Charge;
import framebuffer.orchestrator.pipeline.recovery.PendingEntries.PendingEntry;
import framebuffer.orchestrator.pipeline.recovery.QueueRecovery.Incarnation;
import framebuffer.wire.EntryId;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * Decides which pending frames are taken away from a processor, and which of them it was processing (contract §4).
 *
 * <p>
 * A processor that is cut off loses all. A processor that lives loses the frames that were delivered to an earlier incarnation, at once;
 * and the frames that were delivered longer ago than the timeout, when a later frame has been acknowledged, or none for that long: a batch
 * that is read at once and worked off slowly is no failure. An attempt is charged only to frames that were being processed: those that were
 * overtaken, else the oldest {@code concurrency} (contract §2.6).
 *
 * <p>
 * A processor that lives has failed at the frames that it was processing. Overtaken frames count against the processor only when they were
 * more than the frames that it acknowledged at that time: a timeout is noticed late, and many that are noticed together are no failures in a
 * row when there were successes between them. A probe that fails counts in any case.
 *
 * @param timeout
 *            of processors that name none
 */
record RecoveryPolicy(Duration timeout) {

    /** An entry to be taken away, and the meaning of that. */
    record Reclaim(EntryId entry, Charge charge) {
    }

    /** Judges the last inspection; oldest first. */
    List<Reclaim> judge(Incarnation incarnation, DeliveryTracker tracker) {
        PendingEntries seen = tracker.seen();
        Duration patience = patience(incarnation);
        boolean silent = passed(tracker.acknowledgedAt(), patience, seen.at());
        int concurrency = incarnation.registration().concurrency();
        int processed = 0;
        List<Reclaim> verdicts = new ArrayList<>();
        for (PendingEntry given : seen.pending()) {
            processed++;
            boolean overtaken = tracker.overtaken().contains(given.entry());
            boolean overdue = passed(later(given.at(), tracker.since()), patience, seen.at())
                    && (overtaken || silent);
            if (incarnation.cutOff() || overdue || isOfAnEarlierLife(given.at(), incarnation)) {
                boolean attempted = overtaken || processed <= concurrency;
                verdicts.add(new Reclaim(given.entry(),
                        attempted
                                ? attempt(incarnation, overtaken && !tracker.outnumbering().contains(given.entry()))
                                : Charge.NONE));
            }
        }
        return verdicts;
    }

    private static Charge attempt(Incarnation incarnation, boolean outweighed) {
        return incarnation.cutOff() || (outweighed && !incarnation.probed()) ? Charge.ATTEMPT : Charge.FAILURE;
    }

    /** Whether an entry that was delivered at one moment may have to be taken away by another. */
    boolean mayTake(Incarnation incarnation, Instant delivered, Instant by) {
        return incarnation.cutOff() || passed(delivered, patience(incarnation), by)
                || isOfAnEarlierLife(delivered, incarnation);
    }

    private Duration patience(Incarnation incarnation) {
        Duration own = incarnation.registration().processingTimeout();
        return own == null ? timeout : own;
    }

    /** Ages come in whole milliseconds, rounded down: an entry that seems delivered just before may have been delivered just after. */
    private static boolean isOfAnEarlierLife(Instant delivered, Incarnation incarnation) {
        return delivered.plusMillis(1).isBefore(incarnation.since());
    }

    private static Instant later(Instant one, Instant other) {
        return one.isAfter(other) ? one : other;
    }

    private static boolean passed(Instant since, Duration time, Instant now) {
        return !since.plus(time).isAfter(now);
    }
}
