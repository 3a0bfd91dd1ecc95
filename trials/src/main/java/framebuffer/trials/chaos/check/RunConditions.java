package framebuffer.trials.chaos.check;

import java.util.List;
import java.util.Set;
import java.util.function.IntUnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The conditions of a run that its check needs.
 *
 * @param forgotten periods whose data Redis may have lost
 * @param partitions frame → its partition
 * @param ledger final ledger; null: no instance answered
 * @param foreign processors that answer frames they no longer own, so that these may have a second end
 * @param looks number of checks of outstanding frames
 * @param excesses descriptions of counts above a capacity
 * @param twins descriptions of second instances of a name that did not end as they must
 */
public record RunConditions(List<FaultPeriod> forgotten, IntUnaryOperator partitions, @Nullable LedgerFigures ledger,
        Set<String> foreign, long looks, List<String> excesses, List<String> twins) {
    public RunConditions {
        forgotten = List.copyOf(forgotten);
        foreign = Set.copyOf(foreign);
        excesses = List.copyOf(excesses);
        twins = List.copyOf(twins);
    }

    /**
     * A period, in milliseconds from the start of the run, whose data Redis may have lost.
     *
     * @param partition the affected partition
     */
    public record FaultPeriod(int from, int to, int partition) {
        /** Data of the last second is not on disk; fsync takes additional time. */
        private static final int BEFORE = 2_000;
        private static final int CLOCKS_APART = 200;
        /** A resumed master may accept waiting commands before it learns of the failover. */
        private static final int LEARNT_WITHIN = 3_000;

        /** The period for a killed Redis. */
        public static FaultPeriod killed(int at, int partition) {
            return new FaultPeriod(at - BEFORE, at + CLOCKS_APART, partition);
        }

        /** The period for a suspended master that a replica may have replaced. */
        public static FaultPeriod suspended(int at, int lasted, int partition) {
            return failedOver(at, at + lasted, partition);
        }

        /**
         * The period for a failover without our fault.
         *
         * @param before when the old master was last seen
         * @param seen when the new master was first seen
         */
        public static FaultPeriod failedOver(int before, int seen, int partition) {
            return new FaultPeriod(before - BEFORE, seen + LEARNT_WITHIN, partition);
        }
    }

    /** The totals of the ledger. */
    public record LedgerFigures(boolean balanced, long captured, long done, long shed, long dead, long lost,
            long inFlight) {
        /** Whether no frame is in flight, and at least this number of frames has ended. */
        public boolean settled(long frames) {
            return inFlight == 0 && captured >= frames;
        }
    }

    /** Whether Redis may have lost this event of the frame. */
    boolean mayBeForgotten(int millis, int frame) {
        return millis >= 0 && forgotten.stream().anyMatch(moment -> millis > moment.from() && millis < moment.to()
                && moment.partition() == partitions.applyAsInt(frame));
    }
}
