package framebuffer.app.migrate;

import framebuffer.app.config.ValueRange;
import framebuffer.app.help.Essential;
import framebuffer.app.help.Examples;
import framebuffer.app.terminal.CannotRun;
import framebuffer.app.terminal.LogOptions;
import framebuffer.app.terminal.RedisOptions;
import framebuffer.app.terminal.StopSignal;
import framebuffer.migration.gate.GateStreams;
import framebuffer.migration.older.StandIn;
import framebuffer.migration.older.StandIn.StandInCounts;
import framebuffer.migration.older.StandIn.StandInSettings;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Plays an older service, for trials of a migration. */
@Command(name = "stand-in", header = "Plays an older service, for trials.", mixinStandardHelpOptions = true, description = {
        "Plays an older service, for trials of a migration: it reads a stream into memory, and processors poll GET /frames/dequeue?count=N. When its memory is full, it drops new frames.",
        "It prints one line when it is ready, and at its end what has become of the frames."})
@Examples({"frame-buffer migrate stand-in",
        "frame-buffer migrate stand-in --stream frames:capture:legacy --buffer 100"})
final class StandInCommand implements Callable<Integer> {
    @Spec
    @SuppressWarnings("NullAway.Init") // Set by picocli before anything runs.
    private CommandSpec spec;

    @Essential
    @ValueRange(least = "0", most = "65535")
    @Option(names = "--port", paramLabel = "PORT", defaultValue = "8002", description = "Port to listen on; 0: any free port. Default: ${DEFAULT-VALUE}.")
    private int port;

    @Essential
    @Option(names = "--stream", paramLabel = "NAME", defaultValue = "frames:capture", description = "The stream that it reads, without the prefix of the keys. Default: ${DEFAULT-VALUE}.")
    private String stream = "frames:capture";

    @Essential
    @Option(names = "--legacy-group", paramLabel = "NAME", defaultValue = GateStreams.LEGACY_GROUP, description = "Its consumer group. Default: ${DEFAULT-VALUE}.")
    private String group = GateStreams.LEGACY_GROUP;

    @Essential
    @ValueRange(least = "1", most = "1000000")
    @Option(names = "--buffer", paramLabel = "FRAMES", defaultValue = "1000", description = "Most frames in memory. Default: ${DEFAULT-VALUE}.")
    private int buffer;

    @Mixin
    private final LocalListenOptions listen = new LocalListenOptions();

    @Mixin
    private final RedisOptions redis = new RedisOptions();

    @Mixin
    private final LogOptions logging = new LogOptions();

    @Override
    public Integer call() throws InterruptedException {
        logging.apply();
        StandInSettings settings = new StandInSettings(redis.keyPrefix() + stream, group, listen.host(), port, buffer);
        PrintWriter out = spec.commandLine().getOut();
        try (StopSignal stop = new StopSignal()) {
            StandIn older = StandIn.start(redis.givenOrRunning(), settings);
            try {
                out.println("stand-in ready at http://" + settings.host() + ":" + older.port() + ", reads "
                        + settings.stream() + " as " + group);
                out.flush();
                stop.await();
            } finally {
                older.close();
                StandInCounts counts = older.counts();
                out.println("read " + counts.read() + ", enqueued " + counts.enqueued() + ", handed out "
                        + counts.handedOut() + ", dropped " + counts.dropped() + ", lost from memory "
                        + counts.waiting());
                out.flush();
            }
        } catch (IOException e) {
            throw new CannotRun(String.valueOf(e.getMessage()), e);
        }
        return 0;
    }
}
