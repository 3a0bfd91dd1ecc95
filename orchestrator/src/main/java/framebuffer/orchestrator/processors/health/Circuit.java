package framebuffer.orchestrator.processors.health;

import java.time.Instant;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A processor's circuit (docs/adr/0006-health-and-circuits.md): closed, the processor gets frames; open, it gets none; half-open, it gets a few probes.
 *
 * <p>
 * Scripts count successes and failures in it; {@link CircuitPolicy} changes its state.
 */
public sealed interface Circuit {
    /** Closed, without failures since the last success. */
    Circuit CLOSED = new Closed(0);

    /** Why a circuit was opened. */
    enum Cause {
        /** Too many consecutive failures. */
        FAILURES("too many failures in a row"),
        /** The processor had frames and acknowledged none for too long. */
        STALLED("it has frames, and has acknowledged none for too long");

        private final String reason;

        Cause(String reason) {
            this.reason = reason;
        }

        /** The reason as text. */
        public String reason() {
            return reason;
        }

        private String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** The state as a number: 0 closed, 1 half-open, 2 open. */
    int state();

    /**
     * The processor gets frames.
     *
     * @param failures consecutive failures so far
     */
    record Closed(int failures) implements Circuit {
        @Override
        public int state() {
            return 0;
        }

        @Override
        public String word() {
            return "closed";
        }

        @Override
        public String encode() {
            return failures == 0 ? "" : "closed " + failures;
        }
    }

    /**
     * The processor gets no frames.
     *
     * @param since by Redis's clock, in milliseconds
     */
    record Open(Instant since, Cause cause) implements Circuit {
        @Override
        public int state() {
            return 2;
        }

        @Override
        public String word() {
            return "open";
        }

        @Override
        public String encode() {
            return "open " + since.toEpochMilli() + ' ' + cause.word();
        }
    }

    /**
     * The processor gets a few probe frames.
     *
     * @param successes since then
     * @param failed whether a probe has failed since then
     * @param cause why the circuit was opened
     */
    record HalfOpen(Instant since, int successes, boolean failed, Cause cause) implements Circuit {
        @Override
        public int state() {
            return 1;
        }

        @Override
        public String word() {
            return "half_open";
        }

        @Override
        public String encode() {
            return "half-open " + since.toEpochMilli() + ' ' + successes + ' ' + (failed ? 1 : 0) + ' ' + cause.word();
        }
    }

    /** {@code closed}, {@code open} or {@code half_open}. */
    String word();

    /** The text in Redis; empty: none. */
    String encode();

    /** Reads the text in Redis; malformed text means closed. */
    static Circuit parse(String text) {
        Matcher parts = CircuitText.OF.matcher(text);
        if (!parts.matches()) {
            return CLOSED;
        }
        if (parts.group("failures") != null) {
            return new Closed(Integer.parseInt(parts.group("failures")));
        }
        if (parts.group("opened") != null) {
            return new Open(CircuitText.moment(parts.group("opened")), CircuitText.cause(parts.group("why")));
        }
        return new HalfOpen(CircuitText.moment(parts.group("tried")), Integer.parseInt(parts.group("successes")),
                parts.group("failed").equals("1"), CircuitText.cause(parts.group("cause")));
    }

    /** The text format. */
    final class CircuitText {
        private static final Pattern OF = Pattern.compile("closed (?<failures>\\d{1,9})"
                + "|open (?<opened>\\d{1,15}) (?<why>failures|stalled)"
                + "|half-open (?<tried>\\d{1,15}) (?<successes>\\d{1,9}) (?<failed>[01]) (?<cause>failures|stalled)");

        private CircuitText() {
        }

        private static Instant moment(String millis) {
            return Instant.ofEpochMilli(Long.parseLong(millis));
        }

        private static Cause cause(String word) {
            return Cause.valueOf(word.toUpperCase(Locale.ROOT));
        }
    }
}
