package framebuffer.bridge.notifications;

import framebuffer.wire.frame.StoredResult;
import framebuffer.wire.frame.StoredResult.ObjectFinding;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Decides whether a result is a reason to tell somebody. */
final class NotificationPolicy {
    private NotificationPolicy() {
    }

    /** What follows from a result. */
    sealed interface Verdict {
        /** The rule does not want this result. */
        record Unwanted() implements Verdict {
        }

        /** The rule wants it, but at another hour, or not so soon after the last notification. */
        record Quiet() implements Verdict {
        }

        /** Somebody is told. */
        record Notify(List<ObjectFinding> findings) implements Verdict {
            public Notify {
                findings = List.copyOf(findings);
            }
        }
    }

    /**
     * Decides by the time of the result.
     *
     * @param last the time of the result of the last notification; null: there was none. A time in the future is of a clock that was ahead,
     *     and says nothing
     */
    static Verdict decide(NotificationRule rule, StoredResult result, @Nullable Instant last, Instant now) {
        List<ObjectFinding> findings = rule.filter().findings(result);
        if (findings.isEmpty()) {
            return new Verdict.Unwanted();
        }
        Instant at = time(result, now);
        ActivePeriod hours = rule.hours();
        boolean tooSoon = last != null && !last.isAfter(now) && at.isBefore(last.plus(rule.atMostEvery()));
        return tooSoon || (hours != null && !hours.contains(at)) ? new Verdict.Quiet() : new Verdict.Notify(findings);
    }

    /** When the result was written, but not in the future: Redis keeps the ids that it gave while its clock was ahead. */
    static Instant time(StoredResult result, Instant now) {
        Instant written = result.id().time();
        return written.isBefore(now) ? written : now;
    }

    /** The later of two times that are not in the future; null: there is none. */
    static @Nullable Instant latest(@Nullable Instant one, @Nullable Instant other, Instant now) {
        if (one == null || one.isAfter(now)) {
            return other == null || other.isAfter(now) ? null : other;
        }
        return other == null || other.isAfter(now) || other.isBefore(one) ? one : other;
    }
}
