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
 * Decides which pending frames are taken away from a processor, and which of them it was processing (docs/protocol.md 5.5).
 *
 * <p>
 * A cut-off processor loses all frames. A live one loses the frames of an earlier incarnation at once. It loses frames older than the
 * timeout when a later frame was acknowledged, or none for that long: working slowly through a large batch is no failure. Only frames that
 * were being processed are charged an attempt: overtaken ones, else the oldest {@code concurrency} (docs/protocol.md 3.3).
 *
 * <p>
 * A live processor has failed at the frames that it was processing. Overtaken frames count as its failures only when they outnumber the
 * frames acknowledged at that time: timeouts are noticed late, and several noticed together are not consecutive if successes lie between
 * them. A failed probe always counts.
 *
 * @param timeout default of processors that name none
 */
record RecoveryPolicy(Duration timeout) {

    /** An entry to be taken away, and its charge. */
    record Reclaim(EntryId entry, Charge charge) {
    }

    /** Judges the last inspection; oldest entry first. */
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

    /** Whether an entry delivered at {@code delivered} may become overdue by {@code by}. */
    boolean mayTake(Incarnation incarnation, Instant delivered, Instant by) {
        return incarnation.cutOff() || passed(delivered, patience(incarnation), by)
                || isOfAnEarlierLife(delivered, incarnation);
    }

    private Duration patience(Incarnation incarnation) {
        Duration own = incarnation.registration().processingTimeout();
        return own == null ? timeout : own;
    }

    /** Ages are whole milliseconds, rounded down: an entry that seems to precede the registration may have followed it. */
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
