package framebuffer.bridge.results;

import framebuffer.wire.EntryId;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/**
 * Which results are still worth sending when a receiver has been away or is too slow.
 *
 * @param age older results are skipped
 * @param most if more results wait, the oldest are skipped
 */
public record CatchUpPolicy(Duration age, int most) {
    /** Ten minutes, and 10 000 results. */
    public static final CatchUpPolicy DEFAULT = new CatchUpPolicy(Duration.ofMinutes(10), 10_000);

    /**
     * The number of results at the beginning of a batch that are skipped.
     *
     * @param batch ids of the oldest results that wait, in order
     * @param waiting number of all results that wait, with those of the batch
     * @param now time by Redis's clock
     */
    int skipped(List<EntryId> batch, long waiting, Instant now) {
        Instant since = now.minus(age);
        int old = 0;
        while (old < batch.size() && batch.get(old).time().isBefore(since)) {
            old++;
        }
        return (int) Math.clamp(waiting - most, old, (long) batch.size());
    }
}
