package framebuffer.trials.load;

/**
 * The outstanding results of the last {@value #REMEMBERED} frames. An older frame without a result is forgotten: a later result is only
 * counted. For one thread at a time.
 */
final class AwaitedResults {
    static final int REMEMBERED = 1 << 20;

    private final int allParts;
    private final int[] awaited = new int[REMEMBERED];
    private long begun;
    private long complete;

    /** How a result relates to its frame. */
    enum Match {
        /** The frame awaits further results. */
        PART,
        /** The last result of the frame. */
        LAST,
        /** A repeated result. */
        REPEATED,
        /** The frame is forgotten. */
        FORGOTTEN
    }

    /**
     * @param parts number of results of each frame, 1 to 31
     */
    AwaitedResults(int parts) {
        this.allParts = (int) ((1L << parts) - 1);
    }

    /** Marks all frames before this one as sent; a smaller number changes nothing. */
    void begin(long before) {
        for (long frame = begun; frame < before; frame++) {
            awaited[slot(frame)] = allParts;
        }
        begun = Math.max(begun, before);
    }

    /**
     * Records a result.
     *
     * @param part index among the results of its frame, from 0
     */
    Match seen(long frame, int part) {
        if (frame < Math.max(0, begun - REMEMBERED) || frame >= begun || part < 0) {
            return Match.FORGOTTEN;
        }
        int bit = 1 << part;
        int before = awaited[slot(frame)];
        if ((before & bit) == 0) {
            return Match.REPEATED;
        }
        awaited[slot(frame)] = before & ~bit;
        if (before != bit) {
            return Match.PART;
        }
        complete++;
        return Match.LAST;
    }

    /** The number of frames outstanding or forgotten. */
    long missing() {
        return begun - complete;
    }

    private static int slot(long frame) {
        return (int) (frame & (REMEMBERED - 1));
    }
}
