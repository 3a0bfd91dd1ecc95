package framebuffer.orchestrator.pipeline.recovery;

import framebuffer.orchestrator.pipeline.dispatch.FrameEvents;
import framebuffer.orchestrator.pipeline.dispatch.FrameEvents.LossReason;
import framebuffer.redis.RedisConnection;
import framebuffer.redis.frames.LedgerReconciliation;
import framebuffer.redis.frames.LedgerReconciliation.Change;
import framebuffer.redis.frames.LedgerReconciliation.CountKind;
import framebuffer.wire.Keys;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reconciles the ledger for frames that others removed from Redis or put there, and logs them: at once when entries are missing from a
 * work queue, otherwise at intervals.
 */
public final class LedgerReconciler {
    private static final Logger log = LoggerFactory.getLogger(LedgerReconciler.class);
    private static final long EVERY = Duration.ofSeconds(1).toNanos();
    /** Reconciliation takes at most one part in this many of Redis's time, unless the pause would exceed the longest one. */
    private static final int SHARE = 50;
    private static final long LONGEST_REST = Duration.ofSeconds(2).toNanos();
    /** Shortest interval between two log lines about the same cause. */
    private static final long QUIET = Duration.ofSeconds(10).toNanos();

    private final Keys keys;
    private final String group;
    private final int ledgerFields;
    private final FrameEvents events;
    private final LongSupplier nanos;
    private final Map<Change, LoggedReport> said = new HashMap<>();
    private boolean begun;
    private boolean more;
    private long settledAt;
    private long took;

    /** Frames not logged yet, and when the last line was written. */
    private record LoggedReport(long untold, long at) {
    }

    /**
     * @param group our group on the capture stream
     * @param ledgerFields most fields in the ledger
     * @param nanos a monotonic clock
     */
    public LedgerReconciler(Keys keys, String group, int ledgerFields, FrameEvents events, LongSupplier nanos) {
        this.keys = keys;
        this.group = group;
        this.ledgerFields = ledgerFields;
        this.events = events;
        this.nanos = nanos;
    }

    /**
     * Reconciles if it is time.
     *
     * @param processors work queue (its key) → processor
     */
    void runOnce(RedisConnection redis, Map<String, String> processors) {
        long now = nanos.getAsLong();
        boolean urgent = more || LedgerReconciliation.isDue(redis, keys, processors.keySet());
        // A call takes seconds while Redis is away, which says nothing about its cost for Redis.
        if (begun && now - settledAt < Math.max(urgent ? 0 : EVERY, Math.min(SHARE * took, LONGEST_REST))) {
            return;
        }
        LedgerReconciliation settlement = LedgerReconciliation.settle(redis,
                new LedgerReconciliation.LedgerScope(keys, group, ledgerFields, processors),
                LedgerReconciliation.ReconcileDepth.SWEEP);
        begun = true;
        more = settlement.more();
        settledAt = nanos.getAsLong();
        took = settledAt - now;
        settlement.changes().forEach(change -> note(change, now));
        said.forEach((about, told) -> report(about, told, now));
    }

    private void note(Change change, long now) {
        events.reconciled(change.what(), change.frames());
        if (change.what() == CountKind.LOST) {
            events.lost(LossReason.DELETED, change.frames());
        }
        said.merge(new Change(change.stream(), change.processor(), change.what(), 0),
                new LoggedReport(change.frames(), now - QUIET),
                (before, more) -> new LoggedReport(before.untold() + more.untold(), before.at()));
    }

    private void report(Change about, LoggedReport told, long now) {
        if (told.untold() == 0 || now - told.at() < QUIET) {
            return;
        }
        said.put(about, new LoggedReport(0, now));
        String whose = about.processor().isEmpty() ? "" : ", the queue of processor " + about.processor() + ",";
        switch (about.what()) {
            case LOST -> log.warn("frames are lost: {} were deleted from {}{} unacknowledged",
                    told.untold(), about.stream(), whose);
            case DONE -> log.info("{} frames that others acknowledged in {}{} and then deleted count as done",
                    told.untold(), about.stream(), whose);
            case CAPTURED -> log.warn("{} frames in {}{} were missing from the ledger; they count as captured",
                    told.untold(), about.stream().isEmpty() ? "Redis" : about.stream(), whose);
        }
    }
}
