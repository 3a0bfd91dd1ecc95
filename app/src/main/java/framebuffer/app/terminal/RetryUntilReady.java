package framebuffer.app.terminal;

import java.time.Duration;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Waits until a command's prerequisites are available; logs each obstacle once, and the end of the wait. */
final class RetryUntilReady {
    private static final Logger log = LoggerFactory.getLogger(RetryUntilReady.class);
    private static final Duration FIRST_PAUSE = Duration.ofMillis(200);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(5);

    private RetryUntilReady() {
    }

    /**
     * Returns the prerequisite; empty if the user stopped the command first.
     *
     * @param wait whether to wait at all
     * @throws CannotRun when waiting cannot help, or is disabled
     */
    static <T> Optional<T> by(StopSignal stop, boolean wait, Supplier<T> needed) throws InterruptedException {
        Set<String> said = new HashSet<>();
        Duration pause = FIRST_PAUSE;
        do {
            try {
                T there = needed.get();
                if (!said.isEmpty()) {
                    log.info("no longer waiting: everything is available");
                }
                return Optional.of(there);
            } catch (NotReady e) {
                if (!wait) {
                    throw e;
                }
                if (said.add(String.valueOf(e.getMessage()))) {
                    log.warn("waiting: {}", e.getMessage());
                }
                pause = pause.multipliedBy(2).compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : pause.multipliedBy(2);
            }
        } while (!stop.await(pause));
        return Optional.empty();
    }
}
