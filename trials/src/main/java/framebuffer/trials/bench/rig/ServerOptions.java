package framebuffer.trials.bench.rig;

import framebuffer.app.config.FlagOnly;
import framebuffer.app.help.OptionGroup;
import framebuffer.app.terminal.CannotRun;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The Redis of a measurement. */
@OptionGroup("Redis")
public final class ServerOptions {
    @FlagOnly
    @Option(names = "--redis-server", paramLabel = "PROGRAM", description = "redis-server to measure with, 7.0 or later. Default: the embedded one.")
    private @Nullable Path program;

    @FlagOnly
    @Option(names = "--appendfsync", paramLabel = "always|everysec", defaultValue = "everysec", description = "When Redis writes to disk. Default: ${DEFAULT-VALUE}.")
    private BenchRedis.Sync appendfsync = BenchRedis.Sync.EVERYSEC;

    /** Starts a new one. */
    public BenchRedis start() {
        if (program != null && !Files.isExecutable(program)) {
            throw new CannotRun("--redis-server: " + program + " is not an executable program");
        }
        return BenchRedis.start(appendfsync, program);
    }

    /** Its description for users. */
    @Override
    public String toString() {
        return (program == null ? "the embedded Redis" : program.toString()) + ", appendfsync "
                + appendfsync.name().toLowerCase(Locale.ROOT);
    }
}
