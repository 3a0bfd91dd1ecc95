package framebuffer.app.migrate;

import framebuffer.app.config.ValueRange;
import framebuffer.app.help.Examples;
import framebuffer.app.terminal.CannotRun;
import framebuffer.migration.gate.GateStreams;
import framebuffer.migration.steps.OlderService;
import framebuffer.redis.RedisConnection;
import framebuffer.redis.frames.LedgerReader;
import framebuffer.redis.frames.QueueDiscovery;
import framebuffer.wire.Keys;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Goes back from any step: the older service handles all frames again. */
@Command(name = "rollback", header = "Goes back: the older service handles all frames again.", mixinStandardHelpOptions = true, description = {
        "Goes back from any step: the share of this service becomes 0, and the command waits until this service has finished the frames that it has. The gate stays, so that a new attempt is one command away.",
        "Exit code 0: this service has no frame left. 2: it has some; one line names how many. They stay with this service, and it finishes them as soon as it can; repeat the command."})
@Examples("frame-buffer migrate rollback")
final class RollbackCommand implements Callable<Integer> {
    private static final Duration PAUSE = Duration.ofMillis(200);

    @Spec
    @SuppressWarnings("NullAway.Init") // Set by picocli before anything runs.
    private CommandSpec spec;

    @ValueRange(least = "0s", most = "1h")
    @Option(names = "--drain-timeout", paramLabel = "TIME", defaultValue = "4m", description = "How long to wait until this service has finished its frames. Default: ${DEFAULT-VALUE}.")
    private Duration drainTimeout = Duration.ofMinutes(4);

    @Mixin
    private final MigrationTarget target = new MigrationTarget();

    @Override
    public Integer call() {
        target.on(redis -> {
            target.steps(redis).rollBack(() -> awaitDrained(redis));
            return true;
        });
        PrintWriter out = spec.commandLine().getOut();
        out.println("The older service handles all frames; this service has none left.");
        out.println("To take the gate away too: frame-buffer migrate gate off");
        out.flush();
        return 0;
    }

    private void awaitDrained(RedisConnection redis) {
        long end = System.nanoTime() + drainTimeout.toNanos();
        long left = left(redis);
        while (left > 0) {
            if (System.nanoTime() - end >= 0) {
                throw new CannotRun("this service has " + left + " frames after " + drainTimeout.toSeconds()
                        + " s; they stay with it, and no further frame goes to it. frame-buffer processors shows whether its processors work");
            }
            try {
                Thread.sleep(PAUSE);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new CannotRun("interrupted while this service had " + left + " frames; repeat the command", e);
            }
            left = left(redis);
        }
    }

    /** Frames that this service has, from its stream to its processors. */
    private long left(RedisConnection redis) {
        GateStreams streams = target.streams();
        Keys keys = streams.keys();
        long unread = OlderService.read(redis, keys.capture(), streams.group()).map(OlderService::unread).orElse(0L);
        return unread + LedgerReader.read(redis, keys, streams.group(),
                List.copyOf(QueueDiscovery.read(redis, keys).keySet())).underWay();
    }
}
