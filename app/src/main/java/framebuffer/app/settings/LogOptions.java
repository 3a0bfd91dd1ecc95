package framebuffer.app.settings;

import org.slf4j.event.Level;
import picocli.CommandLine.Option;

/** How a command that runs for long says what happens: on standard error, one line an event. */
public final class LogOptions {
    @Option(names = "--log-format", paramLabel = "FORMAT", defaultValue = "text", description = "text, or json: one object a line. Default: ${DEFAULT-VALUE}.")
    private Logging.Format format = Logging.Format.TEXT;

    @Option(names = "--log-level", paramLabel = "LEVEL", defaultValue = "info", description = "error, warn, info, debug or trace. Default: ${DEFAULT-VALUE}.")
    private Level level = Level.INFO;

    /** From now on it is logged so. */
    public void apply() {
        Logging.set(format, level);
    }
}
