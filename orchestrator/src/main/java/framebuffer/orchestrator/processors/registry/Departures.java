package framebuffer.orchestrator.processors.registry;

import java.time.Instant;
import java.util.Set;

/**
 * What decides whether processors may be unregistered.
 *
 * @param listeningSince since when their signs of life have been received
 * @param onlyHere ids of processors without frames in other partitions
 */
record Departures(Instant listeningSince, Set<String> onlyHere) {
}
