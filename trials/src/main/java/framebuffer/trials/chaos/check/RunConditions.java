package framebuffer.trials.chaos.check;

import java.util.List;
import java.util.Set;
import java.util.function.IntUnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * What must be known of a run, beside its frames, to judge it.
 *
 * @param forgotten
 *            of which moments Redis may have forgotten what it was told
 * @param partitions
 *            frame → its partition
 * @param ledger
 *            at the end; null when no instance answered
 * @param foreign
 *            processors that answer whether or not a frame is still theirs: one they held may have a second result
 * @param looks
 *            how often it was looked how much is outstanding in the queues
 * @param excesses
 *            where that was more than a capacity, in words
 */
public record RunConditions(List<FaultPeriod> forgotten, IntUnaryOperator partitions, @Nullable LedgerFigures ledger,
        Set<String> foreign, long looks, List<String> excesses) {
    public RunConditions {
        forgotten = List.copyOf(forgotten);
        foreign = Set.copyOf(foreign);
        excesses = List.copyOf(excesses);
    }

    /**
     * What was told from one moment to another, in milliseconds from the start of the run, may be forgotten.
     *
     * @param partition
     *            in this one
     */
    public record FaultPeriod(int from, int to, int partition) {
        /** What is written less than a second before the end is not on disk; fsync takes its time too. */
        private static final int BEFORE = 2_000;
        private static final int CLOCKS_APART = 200;
        /** One that was suspended may take commands that lay there before it learns that another has taken its place. */
        private static final int LEARNT_WITHIN = 3_000;

        /** Redis was killed. */
        public static FaultPeriod killed(int at, int partition) {
            return new FaultPeriod(at - BEFORE, at + CLOCKS_APART, partition);
        }

        /** A Redis whose place a replica may have taken was suspended. */
        public static FaultPeriod suspended(int at, int lasted, int partition) {
            return failedOver(at, at + lasted, partition);
        }

        /**
         * A replica has taken a place, though its master was there.
         *
         * @param before
         *            when the master was seen last
         * @param seen
         *            when the replica was seen first
         */
        public static FaultPeriod failedOver(int before, int seen, int partition) {
            return new FaultPeriod(before - BEFORE, seen + LEARNT_WITHIN, partition);
        }
    }

    /** The totals of the ledger. */
    public record LedgerFigures(boolean balanced, long captured, long done, long shed, long dead, long lost,
            long inFlight) {
        /** Whether nothing is under way, and at least so many frames have come to their end. */
        public boolean settled(long frames) {
            return inFlight == 0 && captured >= frames;
        }
    }

    /** Whether Redis may have forgotten what happened then to this frame. */
    boolean mayBeForgotten(int millis, int frame) {
        return millis >= 0 && forgotten.stream().anyMatch(moment -> millis > moment.from() && millis < moment.to()
                && moment.partition() == partitions.applyAsInt(frame));
    }
}
