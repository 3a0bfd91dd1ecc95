package framebuffer.orchestrator.processors.health;

import java.time.Instant;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The last poll of a processor's health endpoint. Holds nothing else of what the endpoint answered: a caller who registers an address must
 * not learn from us what listens there.
 *
 * @param kind the outcome
 * @param lastGood its last good answer, by Redis's clock; null: never
 */
public record HealthPoll(PollOutcome kind, @Nullable Instant lastGood) {
    /** Not polled yet. */
    public static final HealthPoll NONE = new HealthPoll(PollOutcome.NONE, null);

    private static final Pattern FORM = Pattern.compile("\\d{1,15} (\\d{1,15}) ([a-z]+) .*");

    /** The outcome of a poll. */
    public enum PollOutcome {
        /** Not polled yet. */
        NONE,
        /** The endpoint reports healthy. */
        GOOD,
        /** The endpoint reports degraded. */
        DEGRADED,
        /** The endpoint answered with an error, or reports unhealthy. */
        BAD,
        /** Two attempts in a row got no answer. */
        SILENT,
        /** Not polled: the host is not allowed. */
        REFUSED;

        /** The word in Redis. */
        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }

        /** The outcome for users, after "its health endpoint". */
        public String words() {
            return switch (this) {
                case NONE -> "has not been polled yet";
                case GOOD -> "answers well";
                case DEGRADED -> "answers that it is degraded";
                case BAD -> "answers badly";
                case SILENT -> "does not answer";
                case REFUSED -> "is not polled: its host is not allowed (health-hosts)";
            };
        }

        /** Whether the answer proves a live processor that does not fail. */
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

    /** Reads a value of the hash {@link framebuffer.wire.Keys#polls}; a malformed one means not polled. */
    public static HealthPoll parse(String text) {
        Matcher parts = FORM.matcher(text);
        PollOutcome kind = parts.matches() ? PollOutcome.of(parts.group(2)) : null;
        if (kind == null) {
            return NONE;
        }
        long good = Long.parseLong(parts.group(1));
        return new HealthPoll(kind, good == 0 ? null : Instant.ofEpochMilli(good));
    }
}
