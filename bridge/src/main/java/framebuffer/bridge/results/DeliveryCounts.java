package framebuffer.bridge.results;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;

/** What became of the results for one receiver, since the start of this process. Thread-safe. */
public final class DeliveryCounts {
    private final LongAdder settled = new LongAdder();
    private final LongAdder failed = new LongAdder();
    private final LongAdder refused = new LongAdder();
    private final LongAdder skipped = new LongAdder();
    private final LongAdder missed = new LongAdder();
    private final LongAdder malformed = new LongAdder();
    private final AtomicLong[] lags;

    /** @param partitions number of partitions */
    public DeliveryCounts(int partitions) {
        lags = new AtomicLong[partitions];
        for (int i = 0; i < partitions; i++) {
            lags[i] = new AtomicLong();
        }
    }

    /** Results that need not be offered again: accepted, refused, or not wanted by the receiver. */
    public long settled() {
        return settled.sum();
    }

    /** Attempts of a delivery that failed. */
    public long failed() {
        return failed.sum();
    }

    /** Results that the receiver will never accept. */
    public long refused() {
        return refused.sum();
    }

    /** Results that were too old or too many after an outage. */
    public long skipped() {
        return skipped.sum();
    }

    /** Results that were trimmed from their stream before they were read. */
    public long missed() {
        return missed.sum();
    }

    /** Entries that are no results. */
    public long malformed() {
        return malformed.sum();
    }

    /** How long the oldest result that waits has waited, of all partitions; zero: none waits. */
    public Duration lag() {
        long most = 0;
        for (AtomicLong lag : lags) {
            most = Math.max(most, lag.get());
        }
        return Duration.ofMillis(most);
    }

    /** A receiver will never accept a result. */
    public void refuse() {
        refused.increment();
    }

    void settle(int results) {
        settled.add(results);
    }

    void fail() {
        failed.increment();
    }

    void skip(int results) {
        skipped.add(results);
    }

    void miss(long results) {
        missed.add(results);
    }

    void malform() {
        malformed.increment();
    }

    void lag(int partition, long millis) {
        lags[partition].set(Math.max(0, millis));
    }
}
