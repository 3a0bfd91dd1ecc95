package framebuffer.orchestrator.processors.health;

import java.time.Duration;
import java.time.Instant;

/**
 * Since when signs of life have been received continuously. None is received while the connection to Redis is lost or the machine is
 * suspended, so silence in that time proves nothing. For one thread.
 */
public final class ListeningPeriod {
    /** Observations are several times a second; a longer gap is a break. */
    private static final Duration BREAK = Duration.ofSeconds(3);

    private Instant since = Instant.MAX;
    private Instant last = Instant.MAX;

    /** Starts a new period at the next observation, because the connection is new. */
    public void restart() {
        last = Instant.MAX;
    }

    /**
     * Notes an observation.
     *
     * @param now by Redis's clock; a clock that was set back starts a new period
     * @return whether a new period starts
     */
    public boolean observe(Instant now) {
        boolean begins = now.isBefore(last) || Duration.between(last, now).compareTo(BREAK) > 0;
        if (begins) {
            since = now;
        }
        last = now;
        return begins;
    }

    /** Start of the period; far in the future before the first observation. */
    public Instant since() {
        return since;
    }
}
