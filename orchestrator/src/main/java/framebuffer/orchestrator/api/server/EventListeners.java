package framebuffer.orchestrator.api.server;

import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CountDownLatch;

/** Bounds the number of event streams, of all callers and of each one, and ends them when the service stops. Thread-safe. */
final class EventListeners {
    /** Each occupies a connection and gets an event a second, and few people watch at once. */
    static final int MOST = 256;
    /** So that one caller does not take the streams of all others. */
    static final int MOST_OF_ONE = 128;

    private final CountDownLatch stopping = new CountDownLatch(1);
    private final Map<String, Integer> listening = new HashMap<>();
    private int all;

    /**
     * Admits one more listener; false: there are too many.
     *
     * @param who address and token of the caller
     */
    synchronized boolean enter(String who) {
        int before = listening.getOrDefault(who, 0);
        if (all == MOST || before == MOST_OF_ONE) {
            return false;
        }
        listening.put(who, before + 1);
        all++;
        return true;
    }

    /** A listener that was admitted has gone. */
    synchronized void leave(String who) {
        listening.computeIfPresent(who, (_, number) -> number == 1 ? null : number - 1);
        all--;
    }

    /** Zero when the service stops. */
    CountDownLatch stopping() {
        return stopping;
    }

    void stop() {
        stopping.countDown();
    }
}
