package framebuffer.trials.chaos.check;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The record of each frame of a run, by number. Most frames have one result and take a few bytes; other ends are kept for the first {@value
 * #MOST_OTHERS} frames. Thread-safe.
 */
public final class FrameLog {
    private static final int MOST_OTHERS = 200_000;
    private static final int NEVER = -1;
    private static final List<FrameNature> NATURES = List.of(FrameNature.values());

    private final ReentrantLock lock = new ReentrantLock();
    private final byte[] states;
    private final byte[] natures;
    private final int[] toldAt;
    private final int[] resultAt;
    private final byte[] resultBy;
    private final byte[] resultAttempt;
    private final short[] epochs;
    private final short[] resultEpochs;
    private final List<String> processors = new ArrayList<>();
    private final Map<Integer, List<FrameEnd>> others = new HashMap<>();
    private int sent;
    private int told;
    private int refused;
    private int done;
    private int othersKept;
    private int strays;
    private int dead;
    private int shed;
    private int toldSince;
    private Emptied emptied = new Emptied(0, 0, 0, 0, 0);

    /** The producer's knowledge of a frame. */
    enum State {
        UNSENT,
        /** The frame was sent without a reply: it may or may not be stored. */
        UNKNOWN,
        /** Redis confirmed the frame. */
        TOLD,
        /** Redis refused the frame. */
        REFUSED;

        private static final List<State> ALL = List.of(values());
    }

    /**
     * The last FLUSHALL, and the frames that had ended before, which the ledger no longer knows.
     *
     * @param times number of FLUSHALLs; 0: none
     * @param millis time from the start of the run
     */
    record Emptied(int times, int millis, int done, int dead, int shed) {
    }

    /**
     * The progress of the run.
     *
     * @param toldSince confirmed frames that were stored after the last FLUSHALL
     * @param done frames with a result
     * @param strays ends of frames that were never sent, or that could not be kept
     */
    public record LogCounts(int sent, int told, int toldSince, int refused, int done, int strays) {
        /** Frames that were sent without an answer. */
        public int unknown() {
            return sent - told - refused;
        }
    }

    /**
     * @param frames maximum number of frames
     */
    public FrameLog(int frames) {
        states = new byte[frames];
        natures = new byte[frames];
        toldAt = new int[frames];
        resultAt = new int[frames];
        resultBy = new byte[frames];
        resultAttempt = new byte[frames];
        epochs = new short[frames];
        resultEpochs = new short[frames];
        Arrays.fill(toldAt, NEVER);
        Arrays.fill(resultAt, NEVER);
    }

    /** Records that a frame is being sent. */
    public void sent(int frame, FrameNature nature) {
        lock.lock();
        try {
            set(frame, State.UNKNOWN);
            natures[frame] = (byte) NATURES.indexOf(nature);
            sent++;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Records that Redis confirmed a frame.
     *
     * @param millis when it was stored, from the start of the run, by Redis's clock
     * @param epoch number of FLUSHALLs before
     */
    public void told(int frame, int millis, int epoch) {
        lock.lock();
        try {
            set(frame, State.TOLD);
            toldAt[frame] = millis;
            epochs[frame] = (short) epoch;
            told++;
            toldSince += epoch == emptied.times() ? 1 : 0;
        } finally {
            lock.unlock();
        }
    }

    /** Records that Redis refused a frame. */
    public void refused(int frame) {
        lock.lock();
        try {
            set(frame, State.REFUSED);
            refused++;
        } finally {
            lock.unlock();
        }
    }

    /** Records a FLUSHALL; all earlier ends are already recorded. */
    public void emptied(int times, int millis) {
        lock.lock();
        try {
            emptied = new Emptied(times, millis, done, dead, shed);
            toldSince = 0;
            for (int frame = 0; frame < states.length; frame++) {
                toldSince += state(frame) == State.TOLD && epochs[frame] == times ? 1 : 0;
            }
        } finally {
            lock.unlock();
        }
    }

    /** The last FLUSHALL. */
    public Emptied emptied() {
        lock.lock();
        try {
            return emptied;
        } finally {
            lock.unlock();
        }
    }

    /** Records the end of a frame, known or not. */
    public void ended(long number, FrameEnd ending) {
        lock.lock();
        try {
            if (number < 0 || number >= states.length || state((int) number) == State.UNSENT) {
                strays++;
                return;
            }
            int frame = (int) number;
            dead += ending.what() == FrameEnd.EndType.DEAD ? 1 : 0;
            shed += ending.what() == FrameEnd.EndType.SHED ? 1 : 0;
            if (ending.what() == FrameEnd.EndType.RESULT && resultAt[frame] == NEVER
                    && index(ending.by()) <= Byte.MAX_VALUE
                    && ending.attempt() <= Byte.MAX_VALUE) {
                resultAt[frame] = ending.millis();
                resultEpochs[frame] = (short) emptied.times();
                resultBy[frame] = (byte) index(ending.by());
                resultAttempt[frame] = (byte) ending.attempt();
                done++;
            } else if (othersKept < MOST_OTHERS) {
                others.computeIfAbsent(frame, _ -> new ArrayList<>(1)).add(ending);
                othersKept++;
            } else {
                strays++;
            }
        } finally {
            lock.unlock();
        }
    }

    private int index(String processor) {
        int index = processors.indexOf(processor);
        if (index < 0) {
            processors.add(processor);
            return processors.size() - 1;
        }
        return index;
    }

    private void set(int frame, State state) {
        states[frame] = (byte) State.ALL.indexOf(state);
    }

    private State state(int frame) {
        return State.ALL.get(states[frame]);
    }

    public LogCounts tally() {
        lock.lock();
        try {
            return new LogCounts(sent, told, toldSince, refused, done, strays);
        } finally {
            lock.unlock();
        }
    }

    /**
     * The record of a frame.
     *
     * @param toldAt when it was stored; -1: not confirmed
     * @param gone whether Redis was emptied since it was stored
     * @param late whether its result was written after that
     */
    public record FrameHistory(int frame, State state, FrameNature nature, int toldAt, boolean gone, boolean late,
            List<FrameEnd> endings) {
        public FrameHistory {
            endings = List.copyOf(endings);
        }

        /** The record as text. */
        @Override
        public String toString() {
            return "frame " + frame + ": " + nature.word() + ", "
                    + (toldAt < 0 ? state.name().toLowerCase(Locale.ROOT) : "stored at " + toldAt / 1e3 + " s")
                    + (gone ? ", before Redis was emptied" : "")
                    + ", " + (endings.isEmpty() ? "no end" : endings);
        }
    }

    /** The record of a frame. */
    public FrameHistory story(int frame) {
        lock.lock();
        try {
            List<FrameEnd> endings = new ArrayList<>();
            if (resultAt[frame] != NEVER) {
                endings.add(new FrameEnd(FrameEnd.EndType.RESULT, processors.get(resultBy[frame]), resultAttempt[frame],
                        resultAt[frame]));
            }
            endings.addAll(others.getOrDefault(frame, List.of()));
            boolean gone = state(frame) == State.TOLD && epochs[frame] < emptied.times();
            boolean late = gone && resultAt[frame] != NEVER && resultEpochs[frame] == emptied.times();
            return new FrameHistory(frame, state(frame), NATURES.get(natures[frame]), toldAt[frame], gone, late,
                    endings);
        } finally {
            lock.unlock();
        }
    }

    /** The maximum number of frames. */
    public int frames() {
        return states.length;
    }
}
