package framebuffer.trials.load;

import framebuffer.app.serve.Tracing;
import framebuffer.app.terminal.CannotRun;
import framebuffer.app.terminal.ProgressLine;
import framebuffer.app.terminal.StopSignal;
import framebuffer.redis.RedisAddress;
import framebuffer.redis.RedisLoop;
import framebuffer.redis.RedisRefused;
import framebuffer.redis.RedisUnavailable;
import framebuffer.redis.cluster.FanOut;
import framebuffer.redis.cluster.Partition;
import framebuffer.redis.cluster.PartitionLayout;
import framebuffer.wire.EntryId;
import framebuffer.wire.text.Fields;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A running load: one loop sends, another reads the results. */
final class LoadRun implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(LoadRun.class);
    /** Delay of the first frame, so that both loops are connected. */
    private static final Duration LEAD = Duration.ofMillis(250);
    private static final Duration LOOK = Duration.ofSeconds(1);
    private static final Duration POLL = Duration.ofMillis(100);

    /** How long late frames are still sent after the last due time. */
    private static final Duration CATCH_UP = Duration.ofSeconds(10);
    private static final Duration AFTER_CTRL_C = Duration.ofMillis(300);
    /** Time for the summary after Ctrl-C; one second is not enough on a busy machine. */
    private static final Duration SUM_AFTER_CTRL_C = Duration.ofSeconds(5);

    /** Maximum delay between the ledger's count of a frame and its visible result. */
    private static final Duration LATEST_RESULT = Duration.ofSeconds(3);

    private final Load load;
    private final Target target;
    private final LedgerComparison.Reading before;
    private final Schedule schedule;
    private final ResultCounts results;
    private final List<Sender> senders;
    private final List<RedisLoop> loops = new ArrayList<>();
    private boolean cutShort;
    private Duration lasted;

    /**
     * The target of the load.
     *
     * @param group the service's group on the capture stream
     */
    record Target(RedisAddress redis, String keyPrefix, PartitionLayout partitions, String group) {
    }

    private LoadRun(Load load, Target target, LedgerComparison.Reading before, List<EntryId> lastResults,
            Tracing tracing) {
        this.load = load;
        this.target = target;
        this.before = before;
        this.lasted = load.duration();
        LoadFrames frames = new LoadFrames(UUID.randomUUID().toString().substring(0, 8), load, tracing);
        this.schedule = Schedule.of(System.nanoTime() + LEAD.toNanos(), load.fps(), load.duration());
        this.results = new ResultCounts(load, schedule);
        Instant start = Instant.now().plus(LEAD);
        this.senders = target.partitions().all().stream()
                .map(one -> new Sender(LoadFrames.portion(target.partitions(), one, load.cameras()), schedule, start,
                        frames, results))
                .toList();
        for (Partition one : target.partitions().all()) {
            loops.add(new RedisLoop("load-results", one.redis(), new ResultFollower(one.keys().results(),
                    lastResults.get(one.number()), (result, now) -> took(frames, result, now))).start());
            loops.add(new RedisLoop("load-sender", one.redis(), senders.get(one.number())).start());
        }
    }

    /**
     * Starts the load.
     *
     * @throws CannotRun when Redis refuses or does not answer
     */
    static LoadRun start(Load load, Target target, Tracing tracing) {
        try {
            return new LoadRun(load, target,
                    LedgerComparison.Reading.read(target.partitions(), target.group(), load.cameras()),
                    FanOut.all(target.partitions().all(), LoadRun::lastResult), tracing);
        } catch (RedisUnavailable e) {
            throw new CannotRun(String.valueOf(e.getMessage()), e);
        } catch (RedisRefused e) {
            throw new CannotRun("Redis at " + target.redis() + " refuses: " + e.getMessage(), e);
        }
    }

    private static EntryId lastResult(Partition partition) {
        return partition.ask(redis -> ResultFollower.last(redis, partition.keys().results()));
    }

    private boolean isAllSent() {
        return senders.stream().allMatch(Sender::isFinished);
    }

    private void took(LoadFrames frames, Fields result, long now) {
        long frame = frames.number(String.valueOf(result.text("frame_id")));
        if (frame >= 0) {
            results.came(frame, String.valueOf(result.text("capability")), "success".equals(result.text("status")),
                    now);
        }
    }

    private Duration since() {
        return Duration.ofNanos(Math.max(0, System.nanoTime() - schedule.start()));
    }

    /** Waits until all due frames are sent, a stop is requested, or the remaining frames could not be sent for 10 s. */
    void send(StopSignal stop, ProgressLine progress) throws InterruptedException {
        Duration latest = load.duration().plus(CATCH_UP);
        while (!isAllSent() && since().compareTo(latest) < 0) {
            progress.at(since(), this::line);
            Duration untilLast = load.duration().minus(since());
            if (stop.await(untilLast.compareTo(LOOK) > 0 ? LOOK : POLL)) {
                cutShort = true;
                break;
            }
        }
        if (cutShort) {
            senders.forEach(Sender::end);
            lasted = since().compareTo(lasted) < 0 ? since() : lasted;
        }
    }

    private String line() {
        Sender.Sent sent = Sender.Sent.sum(senders);
        ResultCounts.ResultTotals tally = results.tally();
        return sent.announced() + " of " + schedule.frames() + " frames sent"
                + (sent.refused() == 0 ? "" : ", " + sent.refused() + " refused") + ", " + tally.results()
                + " results, " + tally.missing() + " without, at most " + sent.behindNanos() / 1_000_000
                + " ms behind";
    }

    /** Waits for frames in flight, at most this long, or 0.3 s after a stop request; then returns the summary. */
    LoadSummary finish(Duration wait, StopSignal stop, ProgressLine progress) throws InterruptedException {
        Duration atMost = cutShort && wait.compareTo(AFTER_CTRL_C) > 0 ? AFTER_CTRL_C : wait;
        Optional<LedgerComparison> account = account();
        if (cutShort && account.isPresent()) {
            stop.within(SUM_AFTER_CTRL_C);
        }
        long began = System.nanoTime();
        long settledAt = 0;
        if (!atMost.isZero() && results.missing() > 0) {
            progress.show("No more is sent; waiting for " + results.missing() + " frames.");
        }
        while (System.nanoTime() - began < atMost.toNanos() && !asked(stop)) {
            account = account();
            boolean settled = isAllSent() && account.filter(LedgerComparison::settled).isPresent();
            settledAt = settled && settledAt == 0 ? System.nanoTime() : settledAt;
            if (settled && (results.missing() <= account.orElseThrow().endedWithout()
                    || System.nanoTime() - settledAt > LATEST_RESULT.toNanos())) {
                break;
            }
            progress.at(since(), this::line);
        }
        close();
        return new LoadSummary(load, lasted, Sender.Sent.sum(senders), results.tally(), account().orElse(null));
    }

    /** Pauses; returns whether a stop was requested meanwhile. */
    private boolean asked(StopSignal stop) throws InterruptedException {
        if (cutShort) {
            Thread.sleep(POLL);
            return false;
        }
        return stop.await(POLL);
    }

    /** The current ledger; empty: unreadable. */
    private Optional<LedgerComparison> account() {
        try {
            return Optional.of(new LedgerComparison(Sender.Sent.sum(senders), before,
                    LedgerComparison.Reading.read(target.partitions(), target.group(), load.cameras())));
        } catch (RedisUnavailable | RedisRefused e) {
            log.debug("the ledger cannot be read", e);
            return Optional.empty();
        }
    }

    @Override
    public void close() {
        loops.forEach(RedisLoop::stop);
        loops.forEach(RedisLoop::close);
    }
}
