package framebuffer.trials.load;

/**
 * Which results are still awaited, of the frames sent last: {@value #REMEMBERED} of them. A frame that has no result when as many
 * others were sent after it is forgotten: its result, should it come, is counted and no more. For one thread at a time.
 */
final class AwaitedResults {
    static final int REMEMBERED = 1 << 20;

    private final int allParts;
    private final int[] awaited = new int[REMEMBERED];
    private long begun;
    private long complete;

    /** What a result is to its frame. */
    enum Match {
        /** Others of it are still awaited. */
        PART,
        /** It was the last that was awaited. */
        LAST,
        /** It was there before. */
        REPEATED,
        /** Its frame is not remembered. */
        FORGOTTEN
    }

    /**
     * @param parts
     *            how many results each frame gets, 1 to 31
     */
    AwaitedResults(int parts) {
        this.allParts = (int) ((1L << parts) - 1);
    }

    /** All frames before this one are under way from now on; calling it again with less changes nothing. */
    void begin(long before) {
        for (long frame = begun; frame < before; frame++) {
            awaited[slot(frame)] = allParts;
        }
        begun = Math.max(begun, before);
    }

    /**
     * A result came.
     *
     * @param part
     *            which of its frame's, from 0
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

    /** How many frames are under way, or forgotten. */
    long missing() {
        return begun - complete;
    }

    private static int slot(long frame) {
        return (int) (frame & (REMEMBERED - 1));
    }
}
