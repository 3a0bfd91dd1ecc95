package framebuffer.orchestrator.processors.registry;

import java.time.Instant;
import java.util.Set;

/**
 * What is known of those that may go.
 *
 * @param listeningSince
 *            since when their signs of life could be heard
 * @param onlyHere
 *            the ids of those for which no frames are left in other partitions
 */
record Departures(Instant listeningSince, Set<String> onlyHere) {
}
