package framebuffer.app.chaos.check;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What must be known of a run, beside its frames, to judge it.
 *
 * @param forgetful
 *            whether Redis may have forgotten its last moments when it was killed: {@code appendfsync everysec}
 * @param redisKills
 *            when it was killed, in milliseconds from the start of the run
 * @param ledger
 *            at the end; null when no instance answered
 * @param looks
 *            how often it was looked how much is outstanding in the queues
 * @param excesses
 *            where that was more than a capacity, in words
 */
public record Circumstances(boolean forgetful, List<Integer> redisKills, @Nullable LedgerFigures ledger, long looks,
        List<String> excesses) {
    /** What is written less than a second before the end is not on disk; fsync takes its time too. */
    private static final int FORGOTTEN_BEFORE = 2_000;
    private static final int CLOCKS_APART = 200;

    public Circumstances {
        redisKills = List.copyOf(redisKills);
        excesses = List.copyOf(excesses);
    }

    /** The totals of the ledger. */
    public record LedgerFigures(boolean balanced, long captured, long done, long shed, long dead, long lost,
            long inFlight) {
        /** Whether nothing is under way, and at least so many frames have come to their end. */
        public boolean settled(long frames) {
            return inFlight == 0 && captured >= frames;
        }
    }

    /** Whether Redis may have forgotten what happened then. */
    boolean mayBeForgotten(int millis) {
        return forgetful && millis >= 0 && redisKills.stream()
                .anyMatch(kill -> millis > kill - FORGOTTEN_BEFORE && millis < kill + CLOCKS_APART);
    }
}
