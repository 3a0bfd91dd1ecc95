package framebuffer.orchestrator.pipeline.recovery;

import framebuffer.orchestrator.pipeline.intake.Delivery.Charge;
import framebuffer.orchestrator.pipeline.recovery.PendingEntries.PendingEntry;
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
    List<Reclaim> judge(Incarnation life, DeliveryTracker watch) {
        PendingEntries seen = watch.seen();
        Duration patience = patience(life);
        boolean silent = passed(watch.acknowledgedAt(), patience, seen.at());
        int concurrency = life.registration().concurrency();
        int processed = 0;
        List<Reclaim> verdicts = new ArrayList<>();
        for (PendingEntry given : seen.pending()) {
            processed++;
            boolean overtaken = watch.overtaken().contains(given.entry());
            boolean overdue = passed(later(given.at(), watch.since()), patience, seen.at()) && (overtaken || silent);
            if (life.cutOff() || overdue || isOfAnEarlierLife(given.at(), life)) {
                boolean attempted = overtaken || processed <= concurrency;
                verdicts.add(new Reclaim(given.entry(),
                        attempted
                                ? attempt(life, overtaken && !watch.outnumbering().contains(given.entry()))
                                : Charge.NONE));
            }
        }
        return verdicts;
    }

    private static Charge attempt(Incarnation life, boolean outweighed) {
        return life.cutOff() || (outweighed && !life.probed()) ? Charge.ATTEMPT : Charge.FAILURE;
    }

    /** Whether by this moment something that was delivered then may have to be taken away. */
    boolean mayTake(Incarnation life, Instant delivered, Instant by) {
        return life.cutOff() || passed(delivered, patience(life), by) || isOfAnEarlierLife(delivered, life);
    }

    private Duration patience(Incarnation life) {
        Duration own = life.registration().processingTimeout();
        return own == null ? timeout : own;
    }

    /** Ages come in whole milliseconds, rounded down: what seems delivered just before may have been just after. */
    private static boolean isOfAnEarlierLife(Instant delivered, Incarnation life) {
        return delivered.plusMillis(1).isBefore(life.since());
    }

    private static Instant later(Instant one, Instant other) {
        return one.isAfter(other) ? one : other;
    }

    private static boolean passed(Instant since, Duration time, Instant now) {
        return !since.plus(time).isAfter(now);
    }
}
