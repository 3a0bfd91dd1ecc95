package framebuffer.vision.decode;

import java.util.OptionalLong;

/**
 * Observes the distance of key pictures, which can be decoded without others, and whether they alone suffice: after four groups in a row
 * whose key pictures were at most as far apart as wanted pictures. They no longer suffice as soon as the next one is late.
 */
final class KeyPictures {
    private static final int GROUPS = 4;
    private static final double TOLERANCE = 1.02;
    /** How much later than expected a key picture may arrive, because arrivals are not even. */
    private static final double LATE = 0.25;
    private static final long LEAST_LATE_MICROS = 300_000;

    private final long mostMicros;
    private OptionalLong lastTime = OptionalLong.empty();
    private boolean begun;
    private long lastArrival;
    private long longestMicros;
    private int groups;

    /**
     * @param wantedMicros the interval between two wanted pictures, in microseconds
     */
    KeyPictures(long wantedMicros) {
        this.mostMicros = Math.round(wantedMicros * TOLERANCE);
    }

    /**
     * A coded picture arrived.
     *
     * @param arrival time of a monotonic clock, in microseconds
     * @param time its timestamp, in microseconds; empty: none
     */
    void observe(boolean key, long arrival, OptionalLong time) {
        if (key) {
            long distance = lastTime.isPresent() && time.isPresent()
                    ? time.getAsLong() - lastTime.getAsLong()
                    : arrival - lastArrival;
            boolean near = begun && distance > 0 && distance <= mostMicros;
            groups = near ? Math.min(groups + 1, GROUPS) : 0;
            longestMicros = near ? Math.max(longestMicros, distance) : 0;
            lastTime = time;
            lastArrival = arrival;
            begun = true;
        } else if (arrival - lastArrival > longestMicros + Math.max(LEAST_LATE_MICROS, longestMicros * LATE)) {
            forget();
        }
    }

    /** Whether only key pictures need decoding. */
    boolean suffice() {
        return groups == GROUPS;
    }

    /** How early a key picture is taken rather than the next one, in microseconds: half the distance; 0 if others are decoded too. */
    long earlyMicros() {
        return suffice() ? longestMicros / 2 : 0;
    }

    /** Starts to observe anew. */
    void forget() {
        groups = 0;
        longestMicros = 0;
    }
}
