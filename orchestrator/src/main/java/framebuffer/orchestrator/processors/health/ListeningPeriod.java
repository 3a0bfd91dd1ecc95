package framebuffer.orchestrator.processors.health;

import java.time.Duration;
import java.time.Instant;

/**
 * Since when somebody is heard without a break. While we were not connected to Redis, or suspended with all of the machine, nobody could
 * be heard: how long they were silent then says nothing of them. For one thread.
 */
public final class ListeningPeriod {
    /** We look several times a second; what lies further apart was a break. */
    private static final Duration BREAK = Duration.ofSeconds(3);

    private Instant since = Instant.MAX;
    private Instant last = Instant.MAX;

    /** The connection is a new one: it begins with the next look. */
    public void restart() {
        last = Instant.MAX;
    }

    /**
     * Notes that we look.
     *
     * @param now
     *            by Redis's clock; where that was set back, it begins anew too
     * @return whether it begins with this look
     */
    public boolean observe(Instant now) {
        boolean begins = now.isBefore(last) || Duration.between(last, now).compareTo(BREAK) > 0;
        if (begins) {
            since = now;
        }
        last = now;
        return begins;
    }

    /** When it began; far in the future before the first look. */
    public Instant since() {
        return since;
    }
}
