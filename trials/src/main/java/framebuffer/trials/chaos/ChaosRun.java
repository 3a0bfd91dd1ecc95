package framebuffer.trials.chaos;

import framebuffer.app.terminal.CannotRun;
import framebuffer.app.terminal.ProgressLine;
import framebuffer.app.terminal.StopSignal;
import framebuffer.redis.RedisAddress.ConnectTimeouts;
import framebuffer.redis.RedisConnection;
import framebuffer.redis.RedisLoop;
import framebuffer.redis.RedisUnavailable;
import framebuffer.redis.cluster.Partition;
import framebuffer.redis.cluster.PartitionLayout;
import framebuffer.trials.chaos.check.Checker;
import framebuffer.trials.chaos.check.FrameLog;
import framebuffer.trials.chaos.check.FrameNature;
import framebuffer.trials.chaos.check.RunConditions;
import framebuffer.trials.chaos.check.RunConditions.LedgerFigures;
import framebuffer.trials.chaos.faults.ChaosPipeline;
import framebuffer.trials.chaos.faults.Fault;
import framebuffer.trials.chaos.faults.FaultKind;
import framebuffer.trials.chaos.faults.Participants;
import framebuffer.wire.Keys;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/** One run: starts a pipeline, injects faults while frames are sent, waits until all frames have ended, and checks them. */
final class ChaosRun implements AutoCloseable {
    private static final Duration THERE_WITHIN = Duration.ofSeconds(90);
    /** Longer than the time after which a hanging frame becomes a dead letter. */
    private static final Duration STUCK_AFTER = Duration.ofMinutes(1);
    private static final Duration RESTS_WITHIN = Duration.ofMinutes(10);
    private static final Duration TICK = Duration.ofMillis(20);
    private static final Duration LOOK = Duration.ofMillis(250);

    /** Maximum time of a failover on a busy machine. */
    private static final Duration VOTED_WITHIN = Duration.ofSeconds(5);

    /** Maximum delay between the ledger's count of a frame and its visible result. */
    private static final Duration LATEST_RESULT = Duration.ofSeconds(3);

    /** Timeout of queries for the owner of a partition, because the queried node may be suspended. */
    private static final ConnectTimeouts WATCHED = new ConnectTimeouts(Duration.ofMillis(500), Duration.ofMillis(50),
            Duration.ofMillis(100));

    private final Chaos chaos;
    private final ChaosPipeline pipeline;
    private final RestCalls rest;
    private final FrameLog log;
    private final Clock clock;
    private final PartitionLayout partitions;
    private final ChaosFrames frames;
    private final List<Producer> producers = new ArrayList<>();
    private final List<FrameEndReader> endings = new ArrayList<>();
    private final CapacityWatch looks;
    private final FailoverWatch failovers;
    private final List<RedisLoop> loops = new ArrayList<>();
    private final History history = new History();
    private final Queue<Fault> underWay = new PriorityQueue<>(Comparator.comparing(Fault::until));
    private final List<RunConditions.FaultPeriod> forgotten = new ArrayList<>();
    /** Partition → until when a failover may follow from our fault. */
    private final Map<Integer, Duration> hit = new HashMap<>();
    /** Events from other threads. */
    private final Queue<String> news = new ConcurrentLinkedQueue<>();
    private final List<String> twins = new ArrayList<>();
    /** Until when the last fault of Redis lasts, in which a claim of a name may be forgotten. */
    private Duration redisDisturbedUntil = Duration.ZERO;
    private int begun;

    private ChaosRun(Chaos chaos, ChaosPipeline pipeline, RestCalls rest) {
        this.chaos = chaos;
        this.pipeline = pipeline;
        this.rest = rest;
        this.log = new FrameLog(chaos.frames());
        this.clock = Clock.start(chaos.clockJumps());
        this.partitions = PartitionLayout.of(pipeline.direct(), chaos.partitioning());
        this.frames = new ChaosFrames(chaos.seed(), chaos.cameras());
        this.looks = new CapacityWatch(partitions.all(),
                chaos.cast().allProcessors().stream().map(id -> Keys.READY + id)
                        .toList(),
                ChaosPipeline.CAPACITY, ChaosPipeline.GROUP, clock);
        this.failovers = new FailoverWatch(partitions.all(), clock);
        for (Partition one : partitions.all()) {
            Producer producer = new Producer(
                    new Producer.Portion(one.keys().capture(), frame -> partition(frame) == one.number()), frames, log,
                    clock, chaos.fps());
            FrameEndReader ending = new FrameEndReader(one.keys(), frames, log, clock);
            producers.add(producer);
            endings.add(ending);
            loops.add(new RedisLoop("chaos-producer",
                    chaos.cast().onCluster() ? one.redis() : pipeline.through(Participants.PRODUCER), producer));
            loops.add(new RedisLoop("chaos-results", one.redis(), ending));
        }
        loops.add(new RedisLoop("chaos-looks", partitions.all().getFirst().redis(), looks));
        if (chaos.cast().onCluster()) {
            loops.add(new RedisLoop("chaos-failovers", pipeline.direct().with(WATCHED), failovers));
        }
        loops.forEach(RedisLoop::start);
    }

    private int partition(int frame) {
        return partitions.of(frames.camera(frame)).number();
    }

    /**
     * Starts the pipeline, then the frames.
     *
     * @param folder folder for logs and the data of Redis
     * @throws CannotRun when the pipeline does not start
     */
    static ChaosRun start(Chaos chaos, Path folder, StopSignal stop) throws InterruptedException {
        ChaosPipeline pipeline = new ChaosPipeline(
                new ChaosPipeline.PipelineSetup(chaos.cast(), chaos.partitioning(), ChaosFrames.CAPABILITY, folder,
                        chaos.appendfsync().word(),
                        chaos.clockJumps()));
        RestCalls rest = new RestCalls(pipeline.ports());
        boolean there = false;
        try {
            long deadline = System.nanoTime() + THERE_WITHIN.toNanos();
            while (rest.ready() < chaos.cast().instances() || rest.processors() < chaos.cast().processors()) {
                if (System.nanoTime() > deadline) {
                    throw new CannotRun("the pipeline did not start within " + THERE_WITHIN.toSeconds() + " s; see "
                            + folder);
                }
                pipeline.keepUp();
                pause(stop, LOOK);
            }
            there = true;
            return new ChaosRun(chaos, pipeline, rest);
        } finally {
            if (!there) {
                rest.close();
                pipeline.close();
            }
        }
    }

    private static void pause(StopSignal stop, Duration time) throws InterruptedException {
        if (stop.await(time)) {
            throw new CannotRun("the run was stopped before its end; nothing was checked");
        }
    }

    /** Executes the plan while frames are sent. */
    void suffer(StopSignal stop, ProgressLine progress) throws InterruptedException {
        Queue<Fault> planned = new PriorityQueue<>(Comparator.comparing(Fault::at));
        planned.addAll(chaos.plan().faults());
        while (clock.since().compareTo(chaos.duration()) < 0) {
            Duration now = clock.since();
            end(now);
            while (!planned.isEmpty() && planned.peek().at().compareTo(now) <= 0) {
                begin(planned.remove());
            }
            keepUp();
            progress.at(clock.since(), this::line);
            pause(stop, TICK);
        }
    }

    private void keepUp() {
        pipeline.keepUp().forEach(what -> history.add(clock.since(), what));
        for (String what = news.poll(); what != null; what = news.poll()) {
            history.add(clock.since(), what);
        }
        failovers.news().forEach(this::failedOver);
    }

    private void failedOver(FailoverWatch.Failover failover) {
        // Each of our faults on a master causes at most one failover.
        Duration until = hit.remove(failover.partition());
        boolean ours = until != null && failover.seen().compareTo(until) < 0;
        history.add(failover.seen(), "partition " + failover.partition() + " is at " + failover.node() + " now"
                + (ours ? "" : ", though nothing was done to its master"));
        if (!ours) {
            forgotten.add(RunConditions.FaultPeriod.failedOver((int) failover.before().toMillis(),
                    (int) failover.seen().toMillis(), failover.partition()));
        }
    }

    private void begin(Fault fault) {
        history.add(clock.since(), fault.toString());
        begun++;
        if (fault.isOfRedis() && fault.until().compareTo(redisDisturbedUntil) > 0) {
            redisDisturbedUntil = fault.until();
        }
        switch (fault.kind()) {
            case POISON_EXIT -> poison(FrameNature.EXIT);
            case POISON_FAIL -> poison(FrameNature.FAIL);
            case POISON_HANG -> poison(FrameNature.HANG);
            case KILL_REDIS -> {
                hit.put(fault.amount(), fault.until().plus(VOTED_WITHIN));
                if (chaos.isForgetful()) {
                    forgotten.add(RunConditions.FaultPeriod.killed((int) clock.since().toMillis(), fault.amount()));
                }
                pipeline.begin(fault);
            }
            case SUSPEND_REDIS -> {
                if (chaos.cast().onCluster()) {
                    hit.put(fault.amount(), fault.until().plus(VOTED_WITHIN));
                    forgotten.add(RunConditions.FaultPeriod.suspended((int) clock.since().toMillis(),
                            (int) fault.lasts().toMillis(), fault.amount()));
                }
                pipeline.begin(fault);
            }
            case FLUSH -> endings.getFirst().flush();
            case KILL_INSTANCE, SUSPEND_INSTANCE, STOP_INSTANCE, TWIN_INSTANCE, KILL_PROCESSOR, SUSPEND_PROCESSOR,
                    STOP_PROCESSOR, SLOW_PROCESSOR, PUT_OFF, OUT_OF_MEMORY, CLOCK_JUMP, DESTROY_GROUP, CUT, STALL,
                    DELAY ->
                pipeline.begin(fault);
        }
        underWay.add(fault);
    }

    private void poison(FrameNature nature) {
        producers.get(begun % producers.size()).poison(nature);
    }

    private void end(Duration now) {
        while (!underWay.isEmpty() && underWay.peek().until().compareTo(now) <= 0) {
            Fault fault = underWay.remove();
            if (fault.kind() == FaultKind.KILL_REDIS) {
                // In the background: reading its data may take seconds, and other faults end meanwhile.
                Thread.ofVirtual().name("redis-restart").start(() -> restart(fault));
            } else {
                pipeline.end(fault).ifPresent(seen -> note(seen, fault));
            }
        }
    }

    private void note(ChaosPipeline.Observation seen, Fault fault) {
        history.add(clock.since(), seen.what());
        if (seen.wrong() && redisDisturbedUntil.compareTo(fault.at()) < 0) {
            twins.add(seen.what() + " at " + clock.since().toSeconds() + " s");
        }
    }

    private void restart(Fault fault) {
        long begin = System.nanoTime();
        try {
            pipeline.end(fault);
            news.add("redis is back, after " + (System.nanoTime() - begin) / 1_000_000 + " ms");
        } catch (RuntimeException e) {
            news.add("redis did not start again: " + e.getMessage());
        }
    }

    private String line() {
        FrameLog.LogCounts tally = log.tally();
        return tally.told() + " frames stored, " + tally.done() + " done, " + begun + " faults"
                + underWay.stream().findFirst().map(fault -> "; next to end: " + fault).orElse("");
    }

    /** Ends all faults, waits until no frame is in flight or nothing changes for a minute, and checks the frames. */
    ChaosSummary finish(StopSignal stop, ProgressLine progress) throws InterruptedException {
        producers.forEach(Producer::end);
        end(chaos.duration().plus(chaos.duration()));
        progress.show("No more frames and faults; waiting until all frames have ended.");
        Duration begin = clock.since();
        Optional<LedgerFigures> ledger = rested(begin, stop, progress);
        Duration rested = clock.since().minus(begin);
        loops.forEach(RedisLoop::stop);
        loops.forEach(RedisLoop::close);
        try {
            partitions.all().forEach(this::others);
        } catch (RedisUnavailable e) {
            history.add(clock.since(), "dead letters cannot be read: " + e.getMessage());
        }
        keepUp();
        CapacityWatch.Seen seen = looks.seen();
        RunConditions circumstances = new RunConditions(forgotten, this::partition,
                ledger.orElse(null), chaos.cast().allForeign(), seen.looks(), seen.excesses(), twins);
        return new ChaosSummary(chaos, rested, seen.highest(), history.events(), Checker.check(log, circumstances));
    }

    private void others(Partition partition) {
        try (RedisConnection redis = RedisConnection.open(partition.redis())) {
            endings.get(partition.number()).others(redis);
        }
    }

    /** Returns the last known ledger. */
    private Optional<LedgerFigures> rested(Duration begin, StopSignal stop, ProgressLine progress)
            throws InterruptedException {
        Optional<LedgerFigures> ledger = Optional.empty();
        Duration movedAt = begin;
        Duration unsettledAt = begin;
        int done = -1;
        while (clock.since().minus(begin).compareTo(RESTS_WITHIN) < 0
                && clock.since().minus(movedAt).compareTo(STUCK_AFTER) < 0) {
            keepUp();
            ledger = rest.ledger();
            FrameLog.LogCounts tally = log.tally();
            // Frames that Redis has lost are never captured.
            int captured = !forgotten.isEmpty() ? 0 : tally.toldSince();
            if (ledger.filter(figures -> figures.settled(captured)).isEmpty()) {
                unsettledAt = clock.since();
            } else if (clock.since().minus(unsettledAt).compareTo(LATEST_RESULT) > 0) {
                break;
            }
            movedAt = tally.done() == done ? movedAt : clock.since();
            done = tally.done();
            progress.at(clock.since(), this::line);
            pause(stop, LOOK);
        }
        return ledger;
    }

    @Override
    public void close() {
        loops.forEach(RedisLoop::stop);
        rest.close();
        pipeline.close();
        loops.forEach(RedisLoop::close);
    }
}
