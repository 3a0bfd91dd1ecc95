package framebuffer.trials.chaos.faults;

import java.time.Duration;

/**
 * A planned fault.
 *
 * @param at start, from the start of the run
 * @param target the affected participant: {@link Participants#instance}, {@link Participants#processor}, {@link Participants#REDIS}, {@link
 *     Participants#PRODUCER}, or {@link Participants#FRAMES}
 * @param lasts duration; zero: momentary
 * @param amount meaning depends on the kind; for faults of Redis by default the number of the partition whose master is affected; else 0
 */
public record Fault(Duration at, FaultKind kind, String target, Duration lasts, int amount) {
    /** The end of the fault. */
    public Duration until() {
        return at.plus(lasts);
    }

    /** Whether it affects the single Redis as a whole. */
    public boolean isOfRedis() {
        return kind.scope() == FaultKind.Scope.REDIS;
    }

    /** The fault as text: {@code suspend-instance instance-2 for 6.2 s}. */
    @Override
    public String toString() {
        return kind.word() + ' ' + target + (amount == 0 ? "" : by())
                + (lasts.isZero() ? "" : " for " + lasts.toMillis() / 1e3 + " s");
    }

    private String by() {
        return switch (kind) {
            case KILL_REDIS, SUSPEND_REDIS, CUT -> " of partition " + amount;
            case OUT_OF_MEMORY -> " at " + amount + " % of what it uses";
            case CLOCK_JUMP -> " by " + amount + " s";
            case DELAY, SLOW_PROCESSOR -> " by " + amount + " ms";
            case DESTROY_GROUP -> " of returned frames";
            case KILL_INSTANCE, SUSPEND_INSTANCE, STOP_INSTANCE, TWIN_INSTANCE, KILL_PROCESSOR, SUSPEND_PROCESSOR,
                    STOP_PROCESSOR, PUT_OFF, FLUSH, STALL, POISON_EXIT, POISON_FAIL, POISON_HANG ->
                "";
        };
    }
}
