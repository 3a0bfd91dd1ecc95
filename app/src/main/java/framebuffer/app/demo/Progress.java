package framebuffer.app.demo;

import framebuffer.orchestrator.ledger.Counts;
import java.io.Console;
import java.io.PrintStream;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** One line that says how far it is: rewritten in place on a terminal, a new one now and then elsewhere. */
final class Progress {
    private static final Duration ELSEWHERE = Duration.ofSeconds(5);

    private final @Nullable PrintStream out;
    private final boolean inPlace;
    private long saidAtSecond = -ELSEWHERE.toSeconds();

    private Progress(@Nullable PrintStream out, boolean inPlace) {
        this.out = out;
        this.inPlace = inPlace;
    }

    static Progress on(PrintStream out) {
        return new Progress(out, Optional.ofNullable(System.console()).filter(Console::isTerminal).isPresent());
    }

    static Progress silent() {
        return new Progress(null, false);
    }

    void ready(String url) {
        if (out != null) {
            out.println("Ready: REST at " + url + ", ledger at " + url + "/frames/ledger. Ctrl-C ends it.");
        }
    }

    void at(Duration since, Counts counts, Results.Tally results) {
        if (out == null || (!inPlace && since.toSeconds() < saidAtSecond + ELSEWHERE.toSeconds())) {
            return;
        }
        saidAtSecond = since.toSeconds();
        String line = String.format(Locale.ROOT,
                "%3d s  %d frames captured, %d under way, %d results, %d objects found",
                since.toSeconds(), counts.captured(), counts.inFlight(), results.results(), results.objects());
        if (inPlace) {
            out.print("\r" + line + "   ");
            out.flush();
        } else {
            out.println(line);
        }
    }

    void finishing(long underWay) {
        if (out != null) {
            out.println((inPlace ? "\n" : "") + "The cameras have stopped; finishing " + underWay + " frames.");
        }
    }
}
