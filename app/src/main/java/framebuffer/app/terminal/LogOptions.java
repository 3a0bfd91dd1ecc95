package framebuffer.app.terminal;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;

/** How a command that runs for long says what happens: on standard error, one line an event. */
public final class LogOptions {
    private static final Logger log = LoggerFactory.getLogger(LogOptions.class);

    @Option(names = "--log-format", paramLabel = "FORMAT", defaultValue = "text", description = "Format of the log: text, or json with one object per line. Default: ${DEFAULT-VALUE}.")
    private Logging.Format format = Logging.Format.TEXT;

    @Option(names = "--log-level", paramLabel = "LEVEL", defaultValue = "info", description = "Least severe level that is logged: error, warn, info, debug or trace. Default: ${DEFAULT-VALUE}.")
    private Level level = Level.INFO;

    private List<String> foundInEnvironment = List.of();
    private List<String> unknownInEnvironment = List.of();

    /** Those of a command; empty when it logs nothing. */
    public static Optional<LogOptions> of(CommandSpec command) {
        return command.mixins().values().stream().flatMap(mixin -> mixin.userObject() instanceof LogOptions options
                ? Stream.of(options)
                : of(mixin).stream()).findFirst();
    }

    /**
     * What is said of the environment when the command begins.
     *
     * @param settings
     *            found there under names that others use too
     * @param unknown
     *            names that look like ours and set nothing
     */
    public void tellAtStart(List<String> settings, List<String> unknown) {
        foundInEnvironment = List.copyOf(settings);
        unknownInEnvironment = List.copyOf(unknown);
    }

    /** From now on it is logged so. */
    public void apply() {
        Logging.set(format, level);
        if (!foundInEnvironment.isEmpty()) {
            log.info("options from environment variables: {}", String.join(", ", foundInEnvironment));
        }
        if (!unknownInEnvironment.isEmpty()) {
            log.warn("these environment variables set nothing: {}",
                    String.join(", ", unknownInEnvironment));
        }
    }
}
