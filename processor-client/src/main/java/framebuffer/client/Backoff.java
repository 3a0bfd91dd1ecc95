package framebuffer.client;

import java.time.Duration;
import java.util.function.DoubleSupplier;

/** Pauses between attempts: from 0.1 to 5 s, doubling, minus a random part of up to one half, so that many clients do not retry at once. */
final class Backoff {
    private static final Duration FIRST = Duration.ofMillis(100);
    private static final Duration LONGEST = Duration.ofSeconds(5);

    private final DoubleSupplier chance;
    private Duration most = FIRST;

    /**
     * @param chance numbers from 0 to below 1
     */
    Backoff(DoubleSupplier chance) {
        this.chance = chance;
    }

    /** The next pause. */
    Duration next() {
        Duration pause = Duration.ofNanos((long) (most.toNanos() * (1 - chance.getAsDouble() / 2)));
        Duration twice = most.multipliedBy(2);
        most = twice.compareTo(LONGEST) > 0 ? LONGEST : twice;
        return pause;
    }
}
