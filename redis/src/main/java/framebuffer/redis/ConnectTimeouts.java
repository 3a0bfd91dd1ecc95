package framebuffer.redis;

import java.time.Duration;

/**
 * How long to wait for a Redis, and how often to ask for one that is away.
 *
 * @param timeout
 *            for a connection, and for the reply to what does not block; 5 s by default
 * @param firstPause
 *            before the first try to connect again; 0.1 s by default. It doubles with each try
 * @param longestPause
 *            between two tries; 5 s by default
 */
public record ConnectTimeouts(Duration timeout, Duration firstPause, Duration longestPause) {
    public static final ConnectTimeouts DEFAULT = new ConnectTimeouts(Duration.ofSeconds(5), Duration.ofMillis(100),
            Duration.ofSeconds(5));

    /**
     * @throws IllegalArgumentException
     *             when the first pause is longer than the longest, or one is shorter than 2 ms
     */
    public ConnectTimeouts {
        if (timeout.toMillis() < 2 || firstPause.toMillis() < 2 || longestPause.compareTo(firstPause) < 0) {
            throw new IllegalArgumentException("a pause of " + firstPause + " cannot grow to one of " + longestPause);
        }
    }
}
