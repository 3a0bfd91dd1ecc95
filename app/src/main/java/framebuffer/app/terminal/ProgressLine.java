package framebuffer.app.terminal;

import java.io.Console;
import java.io.PrintStream;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A progress line: rewritten in place on a terminal, otherwise a new line every 5 s. Not thread-safe. */
public final class ProgressLine {
    private static final Duration ELSEWHERE = Duration.ofSeconds(5);

    private final @Nullable PrintStream out;
    private final boolean inPlace;
    private boolean open;
    private long saidAtSecond = -ELSEWHERE.toSeconds();

    private ProgressLine(@Nullable PrintStream out, boolean inPlace) {
        this.out = out;
        this.inPlace = inPlace;
    }

    /** Prints progress there. */
    public static ProgressLine on(PrintStream out) {
        return new ProgressLine(out, Optional.ofNullable(System.console()).filter(Console::isTerminal).isPresent());
    }

    /** Prints nothing. */
    public static ProgressLine silent() {
        return new ProgressLine(null, false);
    }

    /**
     * Prints progress.
     *
     * @param since the time since the start; never decreases
     * @param line called only when a line is due
     */
    public void at(Duration since, Supplier<String> line) {
        if (out == null || (!inPlace && since.toSeconds() < saidAtSecond + ELSEWHERE.toSeconds())) {
            return;
        }
        saidAtSecond = since.toSeconds();
        String said = String.format(Locale.ROOT, "%3d s  %s", since.toSeconds(), line.get());
        if (inPlace) {
            out.print("\r" + said + "   ");
            out.flush();
            open = true;
        } else {
            out.println(said);
        }
    }

    /** Prints a line that stays. */
    public void show(String text) {
        if (out != null) {
            out.println((open ? "\n" : "") + text);
            open = false;
        }
    }
}
