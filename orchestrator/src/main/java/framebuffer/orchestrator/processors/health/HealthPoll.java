package framebuffer.orchestrator.processors.health;

import java.time.Instant;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What came of polling a processor's health endpoint the last time.
 *
 * @param kind
 *            in a word
 * @param detail
 *            more of it, for people
 * @param lastGood
 *            when it last answered well, by Redis's clock; null: never
 */
public record HealthPoll(PollOutcome kind, String detail, @Nullable Instant lastGood) {
    /** It has not been polled yet. */
    public static final HealthPoll NONE = new HealthPoll(PollOutcome.NONE, "", null);

    private static final Pattern FORM = Pattern.compile("\\d{1,15} (\\d{1,15}) ([a-z]+) (.*)");

    /** What can come of a poll. */
    public enum PollOutcome {
        /** Nothing is known yet. */
        NONE,
        /** It answered that all is well. */
        GOOD,
        /** It answered that it is degraded. */
        DEGRADED,
        /** It answered with an error, or that it is unhealthy. */
        BAD,
        /** Two tries in a row got no answer. */
        SILENT,
        /** It is not polled: its host is not allowed. */
        REFUSED;

        /** The word in Redis. */
        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }

        /** Whether the processor lives, and does not fail. */
        public boolean isSignOfLife() {
            return this == GOOD || this == DEGRADED;
        }

        static @Nullable PollOutcome of(String word) {
            for (PollOutcome kind : values()) {
                if (kind.word().equals(word)) {
                    return kind;
                }
            }
            return null;
        }
    }

    /** Reads a value of the hash {@link framebuffer.wire.Keys#polls}; what makes no sense is as if it had not been polled. */
    public static HealthPoll parse(String text) {
        Matcher parts = FORM.matcher(text);
        PollOutcome kind = parts.matches() ? PollOutcome.of(parts.group(2)) : null;
        if (kind == null) {
            return NONE;
        }
        long good = Long.parseLong(parts.group(1));
        return new HealthPoll(kind, parts.group(3), good == 0 ? null : Instant.ofEpochMilli(good));
    }
}
