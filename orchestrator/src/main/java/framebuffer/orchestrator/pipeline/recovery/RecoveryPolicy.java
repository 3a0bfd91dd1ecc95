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
 * Decides which of the frames that a processor was given are taken away from it, and which of them it was processing (contract §4).
 *
 * <p>
 * From one that is cut off, all. From one that lives: those delivered to an earlier life of it, at once; and those delivered longer ago
 * than the timeout, when a later one has been acknowledged, or none for that long: a batch that is read at once and worked off slowly
 * is no failure. An attempt is charged only to frames that were being processed: those that were overtaken, else the oldest
 * {@code concurrency} (contract §2.6).
 *
 * <p>
 * One that lives has failed at what it was processing. Of frames that were overtaken only those count against it that were more than the
 * frames it acknowledged then: a timeout is noticed late, and many that are noticed together are no failures in a row when there were
 * successes between them. A probe that fails counts in any case.
 *
 * @param timeout
 *            of processors that name none
 */
record RecoveryPolicy(Duration timeout) {

    /** An entry to be taken away, and what that means. */
    record Reclaim(EntryId entry, Charge charge) {
    }

    /** Judges what was last seen; oldest first. */
    List<Reclaim> judge(Incarnation incarnation, DeliveryTracker tracker) {
        PendingEntries seen = tracker.seen();
        Duration patience = patience(incarnation);
        boolean silent = passed(tracker.acknowledgedAt(), patience, seen.at());
        int concurrency = incarnation.registration().concurrency();
        int processed = 0;
        List<Reclaim> verdicts = new ArrayList<>();
        for (PendingEntry pending : seen.pending()) {
            processed++;
            boolean overtaken = tracker.overtaken().contains(pending.entry());
            boolean overdue = passed(later(pending.at(), tracker.since()), patience, seen.at())
                    && (overtaken || silent);
            if (incarnation.cutOff() || overdue || isOfAnEarlierLife(pending.at(), incarnation)) {
                boolean attempted = overtaken || processed <= concurrency;
                verdicts.add(new Reclaim(pending.entry(),
                        attempted
                                ? attempt(incarnation, overtaken && !tracker.outnumbering().contains(pending.entry()))
                                : Charge.NONE));
            }
        }
        return verdicts;
    }

    private static Charge attempt(Incarnation incarnation, boolean outweighed) {
        return incarnation.cutOff() || (outweighed && !incarnation.probed()) ? Charge.ATTEMPT : Charge.FAILURE;
    }

    /** Whether by this moment something that was delivered then may have to be taken away. */
    boolean mayTake(Incarnation incarnation, Instant delivered, Instant by) {
        return incarnation.cutOff() || passed(delivered, patience(incarnation), by)
                || isOfAnEarlierLife(delivered, incarnation);
    }

    private Duration patience(Incarnation incarnation) {
        Duration own = incarnation.registration().processingTimeout();
        return own == null ? timeout : own;
    }

    /** Ages come in whole milliseconds, rounded down: what seems delivered just before may have been just after. */
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
