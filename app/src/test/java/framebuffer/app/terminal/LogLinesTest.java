package framebuffer.app.terminal;

import static org.assertj.core.api.Assertions.assertThat;

import framebuffer.app.terminal.Logging.Format;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/** Whatever an id holds, one event is one line of the log, and nothing in it moves the cursor. */
class LogLinesTest {
    private static final String ID = "cam\n2026-12-01T00:00:00.000Z ERROR forged\r\u001b[31m\u009b2J\u202e\u2066\u2028\t\u0000";

    private final Logger log = LoggerFactory.getLogger("framebuffer.LogLinesTest");
    private final PrintStream before = System.err;
    private final ByteArrayOutputStream written = new ByteArrayOutputStream();

    @BeforeEach
    void redirect() {
        System.setErr(new PrintStream(written, true, StandardCharsets.UTF_8));
    }

    @AfterEach
    void restore() {
        System.setErr(before);
        Logging.set(Format.TEXT, Level.INFO);
    }

    @ParameterizedTest
    @EnumSource
    void anIdCannotForgeALine(Format format) {
        Logging.set(format, Level.INFO);
        log.info("camera {} is here", ID);
        String said = written.toString(StandardCharsets.UTF_8);
        assertThat(said).hasLineCount(1).contains("camera cam").endsWith("\n").contains("forged");
        assertThat(said.strip().codePoints().mapToObj(Character::getType)).doesNotContain((int) Character.CONTROL,
                (int) Character.FORMAT, (int) Character.LINE_SEPARATOR);
    }

    @ParameterizedTest
    @EnumSource
    void aStackTraceIsStillThere(Format format) {
        Logging.set(format, Level.INFO);
        log.error("failed", new IllegalStateException("at \u001b[31m"));
        assertThat(written.toString(StandardCharsets.UTF_8))
                .contains("IllegalStateException", "aStackTraceIsStillThere")
                .doesNotContain("\u001b");
    }
}
