package framebuffer.app.terminal;

import framebuffer.app.help.Essential;
import framebuffer.app.help.OptionGroup;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;

/** Log options of commands that keep running; the log goes to standard error, one line per event. */
@OptionGroup("Log")
public final class LogOptions {
    private static final Logger log = LoggerFactory.getLogger(LogOptions.class);

    @Option(names = "--log-format", paramLabel = "FORMAT", defaultValue = "text", description = "Format of the log: text, or json with one object per line. Default: ${DEFAULT-VALUE}.")
    private Logging.Format format = Logging.Format.TEXT;

    @Essential
    @Option(names = "--log-level", paramLabel = "LEVEL", defaultValue = "info", description = "Least severe level that is logged: error, warn, info, debug or trace. Default: ${DEFAULT-VALUE}.")
    private Level level = Level.INFO;

    private List<String> foundInEnvironment = List.of();
    private List<String> unknownInEnvironment = List.of();

    /** The log options of a command; empty if the command has none. */
    public static Optional<LogOptions> of(CommandSpec command) {
        return command.mixins().values().stream().flatMap(mixin -> mixin.userObject() instanceof LogOptions options
                ? Stream.of(options)
                : of(mixin).stream()).findFirst();
    }

    /**
     * Messages about the environment that the command logs at its start.
     *
     * @param settings settings from variables without our prefix
     * @param unknown variables with our prefix that match no option
     */
    public void tellAtStart(List<String> settings, List<String> unknown) {
        foundInEnvironment = List.copyOf(settings);
        unknownInEnvironment = List.copyOf(unknown);
    }

    /** Applies the options to the log. */
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
