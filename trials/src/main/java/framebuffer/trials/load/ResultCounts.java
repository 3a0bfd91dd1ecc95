package framebuffer.trials.load;

import framebuffer.trials.load.Latencies.Percentiles;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.locks.ReentrantLock;

/** Counts results by kind, and measures the latency of each frame until its last result. Thread-safe. */
final class ResultCounts {
    private final ReentrantLock lock = new ReentrantLock();
    private final Load load;
    private final Schedule schedule;
    private final AwaitedResults underWay;
    private final Map<Integer, Latencies> byPriority = new TreeMap<>();
    private long succeeded;
    private long failed;
    private long repeated;
    private long forgotten;
    private long lastNanos;

    /**
     * The totals so far.
     *
     * @param succeeded results with status {@code success}, without repeated ones
     * @param failed results with any other status, without repeated ones
     * @param repeated repeated results
     * @param forgotten results among {@link #succeeded} and {@link #failed} whose frame is forgotten
     * @param missing sent frames without all their results
     * @param nanos from the start of the schedule to the last counted result
     * @param byPriority latency until the last result of a frame, by priority
     */
    record ResultTotals(long succeeded, long failed, long repeated, long forgotten, long missing, long nanos,
            Percentiles all, Map<Integer, Percentiles> byPriority) {
        ResultTotals {
            byPriority = new TreeMap<>(byPriority);
        }

        long results() {
            return succeeded + failed;
        }
    }

    ResultCounts(Load load, Schedule schedule) {
        this.load = load;
        this.schedule = schedule;
        this.underWay = new AwaitedResults(load.parts());
    }

    /** Marks all frames before this one as sent. */
    void sending(long before) {
        lock.lock();
        try {
            underWay.begin(before);
        } finally {
            lock.unlock();
        }
    }

    /** Records a refused frame, which gets no result. */
    void refused(long frame) {
        lock.lock();
        try {
            for (int part = 0; part < load.parts(); part++) {
                underWay.seen(frame, part);
            }
        } finally {
            lock.unlock();
        }
    }

    /**
     * Records a result.
     *
     * @param frame number of its frame
     * @param now nanoseconds, as in the schedule
     */
    void came(long frame, String capability, boolean success, long now) {
        lock.lock();
        try {
            AwaitedResults.Match match = underWay.seen(frame, load.part(capability));
            if (match == AwaitedResults.Match.REPEATED) {
                repeated++;
                return;
            }
            succeeded += success ? 1 : 0;
            failed += success ? 0 : 1;
            forgotten += match == AwaitedResults.Match.FORGOTTEN ? 1 : 0;
            lastNanos = now - schedule.start();
            if (match == AwaitedResults.Match.LAST) {
                byPriority.computeIfAbsent(load.priorities().of(frame), _ -> new Latencies())
                        .took(now - schedule.intended(frame));
            }
        } finally {
            lock.unlock();
        }
    }

    long missing() {
        lock.lock();
        try {
            return underWay.missing();
        } finally {
            lock.unlock();
        }
    }

    ResultTotals tally() {
        lock.lock();
        try {
            Latencies all = new Latencies();
            Map<Integer, Percentiles> each = new TreeMap<>();
            byPriority.forEach((priority, latencies) -> {
                all.add(latencies);
                each.put(priority, latencies.percentiles());
            });
            return new ResultTotals(succeeded, failed, repeated, forgotten, underWay.missing(), lastNanos,
                    all.percentiles(),
                    each);
        } finally {
            lock.unlock();
        }
    }
}
