package framebuffer.app.chaos.plan;

import java.time.Duration;

/**
 * One thing that is done.
 *
 * @param at
 *            when it begins, from the start of the run
 * @param target
 *            whom it befalls: {@link Cast#instance}, {@link Cast#processor}, {@link Cast#REDIS}, {@link Cast#PRODUCER}, or
 *            {@link Cast#FRAMES}
 * @param lasts
 *            until it ends; zero: it is over as soon as it has begun
 * @param amount
 *            in milliseconds, for kinds that have one; of Redis, the number of the partition whose master it befalls; else 0
 */
public record Fault(Duration at, FaultKind kind, String target, Duration lasts, int amount) {
    /** When it ends. */
    public Duration until() {
        return at.plus(lasts);
    }

    /** For people: {@code suspend-instance instance-2 for 6.2 s}. */
    @Override
    public String toString() {
        return kind.word() + ' ' + target + (amount == 0 ? "" : by())
                + (lasts.isZero() ? "" : " for " + lasts.toMillis() / 1e3 + " s");
    }

    private String by() {
        return switch (kind) {
            case KILL_REDIS, SUSPEND_REDIS, CUT -> " of partition " + amount;
            default -> " by " + amount + " ms";
        };
    }
}
