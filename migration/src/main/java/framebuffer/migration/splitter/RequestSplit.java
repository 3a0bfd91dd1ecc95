package framebuffer.migration.splitter;

import framebuffer.wire.control.TrafficSwitches;
import framebuffer.wire.control.TrafficSwitches.SplitBy;
import java.util.function.IntSupplier;

/**
 * Chooses the side of each request: exactly the share of any 100 consecutive requests goes to the new one. A request that acknowledges
 * frames of the new side must go there; then a later request that would have gone there goes to the old one. Thread-safe.
 */
final class RequestSplit {
    /** So many requests at most are made up for. */
    private static final int MOST_OWED = 100;

    private final IntSupplier percent;
    private TrafficSwitches share = new TrafficSwitches(false, true, 0, SplitBy.FRAME);
    private long number;
    private int owed;

    /**
     * @param percent the present share of the new side, 0 to 100
     */
    RequestSplit(IntSupplier percent) {
        this.percent = percent;
    }

    /** Whether the next request goes to the new side. */
    synchronized boolean choosesNew(boolean acknowledges) {
        int now = percent.getAsInt();
        if (now != share.percent()) {
            share = new TrafficSwitches(false, true, now, SplitBy.FRAME);
            owed = 0;
        }
        boolean chosen = share.takes(number++);
        if (acknowledges) {
            owed += !chosen && owed < MOST_OWED ? 1 : 0;
            return true;
        }
        if (chosen && owed > 0) {
            owed--;
            return false;
        }
        return chosen;
    }
}
