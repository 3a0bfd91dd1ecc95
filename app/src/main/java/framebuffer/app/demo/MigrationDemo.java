package framebuffer.app.demo;

import framebuffer.app.terminal.CannotRun;
import framebuffer.app.terminal.StopSignal;
import framebuffer.migration.decommission.Decommission;
import framebuffer.migration.decommission.Decommission.DecommissionPlan;
import framebuffer.migration.decommission.DecommissionChecks;
import framebuffer.migration.gate.GateStreams;
import framebuffer.migration.older.StandIn;
import framebuffer.migration.older.StandIn.StandInCounts;
import framebuffer.migration.older.StandIn.StandInSettings;
import framebuffer.migration.steps.MigrationStatus;
import framebuffer.migration.steps.MigrationSteps;
import framebuffer.redis.RedisAddress;
import framebuffer.redis.RedisConnection;
import framebuffer.wire.control.TrafficSwitches.SplitBy;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;

/** Plays a whole migration from a stand-in of the older service, and proves at each step that no frame was lost. */
final class MigrationDemo implements AutoCloseable {
    /** As little memory as the older service needs to lose frames before this service comes. */
    private static final int OLDER_BUFFER = 10;
    private static final int STEPS = 7;
    private static final Duration LONGEST_STEP = Duration.ofSeconds(15);
    private static final Duration DRAINS_WITHIN = Duration.ofSeconds(30);

    private final Demo demo;
    private final GateStreams streams;
    private final RedisAddress redis;
    private final PrintWriter out;
    private final StopSignal stop;
    private final Duration each;
    private OlderPolls older;
    private StandInCounts before = new StandInCounts(0, 0, 0, 0, 0);

    MigrationDemo(Demo demo, GateStreams streams, MigrationDemoScript script) {
        this.demo = demo;
        this.streams = streams;
        this.redis = demo.redis();
        this.out = script.out();
        this.stop = script.stop();
        this.each = script.each();
        this.older = reads(streams.keys().produced());
    }

    /**
     * How it is played.
     *
     * @param out gets the proof of each step
     * @param each how long each step is watched
     */
    record MigrationDemoScript(PrintWriter out, StopSignal stop, Duration each) {
        static Duration each(Duration duration) {
            Duration step = duration.dividedBy(STEPS);
            return step.compareTo(LONGEST_STEP) < 0 ? step : LONGEST_STEP;
        }
    }

    private OlderPolls reads(String stream) {
        try {
            return new OlderPolls(StandIn.start(redis,
                    new StandInSettings(stream, streams.legacyGroup(), "127.0.0.1", 0, OLDER_BUFFER)));
        } catch (IOException e) {
            throw new CannotRun("the stand-in of the older service cannot listen: " + e.getMessage(), e);
        }
    }

    /**
     * Plays all steps.
     *
     * @param archive file of what the end removes
     * @return whether every frame reached exactly one service
     */
    boolean play(Path archive) throws InterruptedException {
        try (RedisConnection connection = RedisConnection.open(redis)) {
            MigrationSteps steps = new MigrationSteps(connection, streams);
            if (!steps.journal().all().isEmpty()) {
                throw new CannotRun("this data folder holds a migration already; choose an empty one with --data-dir");
            }
            say("The older service reads " + streams.keys().produced() + "; its processors poll "
                    + older.url() + "/frames/dequeue");
            watch(connection);
            steps.shadow(true);
            say("Step 1, shadow: this service watches");
            watch(connection);
            restartOlderAt(streams.keys().legacy());
            steps.openGate(true);
            say("Step 2, gate: this service stands in front, and gives the older one all frames");
            watch(connection);
            for (int share : List.of(10, 50, 100)) {
                steps.split(share, SplitBy.FRAME);
                say("Step 3, split: this service handles " + share + " % of the frames");
                watch(connection);
            }
            demo.stopCameras();
            settle(connection);
            end(connection, archive);
            return prove(connection);
        }
    }

    private void end(RedisConnection connection, Path archive) {
        say("Step 5, end: the older service is stopped");
        URI address = URI.create(older.url());
        older.stopPolling();
        DecommissionChecks checks = DecommissionChecks.of(MigrationStatus.read(connection, streams),
                OptionalLong.of(0));
        stopOlder();
        new Decommission(connection, streams, new DecommissionPlan(address, URI.create(demo.url()), List.of("true"),
                archive), line -> say("  " + line)).execute(checks);
    }

    /** As the real service is restarted with another stream: what is in its memory is lost. */
    private void restartOlderAt(String stream) {
        stopOlder();
        older = reads(stream);
    }

    private void stopOlder() {
        older.close();
        StandInCounts now = older.counts();
        before = new StandInCounts(before.read() + now.read(), before.enqueued() + now.enqueued(),
                before.handedOut() + now.handedOut(), before.dropped() + now.dropped() + now.waiting(), 0);
    }

    private void watch(RedisConnection connection) throws InterruptedException {
        if (stop.await(each)) {
            throw new CannotRun("stopped before the end of the migration; the data folder keeps it where it is");
        }
        MigrationStatus.GateCounts passed = MigrationStatus.read(connection, streams).counts();
        say("  cameras sent " + demo.sent() + "; through the gate to this service " + passed.ours()
                + ", to the older one " + passed.legacy() + "; lost at the gate " + (passed.dropped()
                        + passed.tooLarge())
                + "; the older service itself has lost " + (before.dropped() + older.counts().dropped()));
    }

    /** Waits until each frame has reached its service, and this one has finished its frames. */
    private void settle(RedisConnection connection) throws InterruptedException {
        long end = System.nanoTime() + DRAINS_WITHIN.toNanos();
        while (System.nanoTime() - end < 0 && (reached() < demo.sent() || demo.ledger().total().inFlight() > 0
                || MigrationStatus.read(connection, streams).streams().olderNow()
                        .filter(there -> there.pending() + there.unread() > 0).isPresent())) {
            if (stop.await(Duration.ofMillis(100))) {
                return;
            }
        }
    }

    private long reached() {
        return before.read() + older.counts().read() + demo.ledger().total().captured();
    }

    private boolean prove(RedisConnection connection) {
        long captured = demo.ledger().total().captured();
        boolean all = before.read() + captured == demo.sent() && demo.ledger().balanced()
                && MigrationStatus.read(connection, streams).isSound();
        say("Proof: the cameras sent " + demo.sent() + " frames = " + before.read() + " that the older service read + "
                + captured + " that this service captured: " + (all
                        ? "each reached exactly one service"
                        : "THAT IS NOT SO"));
        say("Of its frames the older service lost " + before.dropped() + " by itself; this service lost "
                + demo.ledger().total().lost() + ", and its ledger "
                + (demo.ledger().balanced() ? "balances" : "DOES NOT BALANCE"));
        return all;
    }

    private void say(String line) {
        out.println(line);
        out.flush();
    }

    @Override
    public void close() {
        older.close();
    }
}
