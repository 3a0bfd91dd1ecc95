package framebuffer.app.terminal;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.JsonEncoder;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.Configurator;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.encoder.Encoder;
import ch.qos.logback.core.spi.ContextAwareBase;
import framebuffer.wire.text.Printable;
import java.nio.charset.StandardCharsets;
import org.slf4j.LoggerFactory;
import org.slf4j.bridge.SLF4JBridgeHandler;

/** Configures logging without a file: one line per event on standard error, initially as text at level {@code info}. */
public final class Logging extends ContextAwareBase implements Configurator {

    /** Characters that {@link Printable} replaces too, as the inside of a character class; in a stack trace, line breaks stay. */
    private static final String BREAKS = "\t-\r";
    private static final String UNSAFE = "\0-\b\016-\037\177-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff";

    /** The format of an event. */
    public enum Format {
        TEXT, JSON
    }

    @Override
    public ExecutionStatus configure(LoggerContext context) {
        write(context, Format.TEXT);
        context.getLogger("ROOT").setLevel(Level.WARN);
        context.getLogger("framebuffer").setLevel(Level.INFO);
        // Jetty warns of each malformed header, and callers choose how many they send.
        context.getLogger("org.eclipse.jetty").setLevel(Level.ERROR);
        // OpenTelemetry uses the JDK's logging.
        SLF4JBridgeHandler.removeHandlersForRootLogger();
        SLF4JBridgeHandler.install();
        java.util.logging.Logger.getLogger("").setLevel(java.util.logging.Level.WARNING);
        return ExecutionStatus.DO_NOT_INVOKE_NEXT_IF_ANY;
    }

    /** Logs only errors from now on: such a command expects that Redis or the service may be absent. */
    public static void onlyErrors() {
        set(Format.TEXT, org.slf4j.event.Level.ERROR);
    }

    /** Sets the format and the level. */
    static void set(Format format, org.slf4j.event.Level level) {
        LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
        write(context, format);
        context.getLogger("framebuffer").setLevel(Level.convertAnSLF4JLevel(level));
    }

    private static void write(LoggerContext context, Format format) {
        Encoder<ILoggingEvent> encoder = switch (format) {
            case TEXT -> lines(context);
            case JSON -> json();
        };
        encoder.setContext(context);
        encoder.start();
        ConsoleAppender<ILoggingEvent> console = new ConsoleAppender<>();
        console.setContext(context);
        console.setName("console");
        console.setTarget("System.err");
        console.setEncoder(encoder);
        console.start();
        context.getLogger("ROOT").detachAndStopAllAppenders();
        context.getLogger("ROOT").addAppender(console);
    }

    private static Encoder<ILoggingEvent> lines(LoggerContext context) {
        PatternLayoutEncoder lines = new PatternLayoutEncoder();
        lines.setContext(context);
        // Ids from outside must not begin a line of their own, nor move the cursor.
        lines.setPattern("%d{yyyy-MM-dd'T'HH:mm:ss.SSSXXX} %-5level %logger{0} - %replace(%msg){'[" + BREAKS + UNSAFE
                + "]', '?'}%n%replace(%ex){'[" + UNSAFE + "]', '?'}");
        return lines;
    }

    private static Encoder<ILoggingEvent> json() {
        JsonEncoder json = new JsonEncoder() {
            @Override
            public byte[] encode(ILoggingEvent event) {
                return Printable.json(new String(super.encode(event), StandardCharsets.UTF_8))
                        .getBytes(StandardCharsets.UTF_8);
            }
        };
        json.setWithContext(false);
        json.setWithSequenceNumber(false);
        json.setWithMessage(false);
        json.setWithArguments(false);
        json.setWithFormattedMessage(true);
        return json;
    }
}
