package framebuffer.migration.older;

import com.fasterxml.jackson.databind.node.ObjectNode;
import framebuffer.migration.older.StandIn.StandInCounts;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/** Frames in memory, the oldest first. When it is full, a new frame is dropped. Thread-safe. */
final class StandInBuffer {
    private final int capacity;
    private final Deque<ObjectNode> frames = new ArrayDeque<>();
    private long read;
    private long enqueued;
    private long handedOut;
    private long dropped;

    StandInBuffer(int capacity) {
        this.capacity = capacity;
    }

    /**
     * Frames that were given out, and how many are left.
     *
     * @param frames the oldest first
     */
    record HandedOut(List<ObjectNode> frames, int remaining) {
    }

    /** Takes a frame that was read from the stream. */
    synchronized void read(ObjectNode frame) {
        read++;
        add(frame);
    }

    /** Takes a frame that a client sent; returns whether there was room. */
    synchronized boolean enqueue(ObjectNode frame) {
        enqueued++;
        return add(frame);
    }

    private boolean add(ObjectNode frame) {
        if (frames.size() >= capacity) {
            dropped++;
            return false;
        }
        return frames.add(frame);
    }

    /** Gives the oldest frames out, and forgets them. */
    synchronized HandedOut handOut(int most) {
        List<ObjectNode> out = new ArrayList<>();
        while (out.size() < most && !frames.isEmpty()) {
            out.add(frames.remove());
        }
        handedOut += out.size();
        return new HandedOut(out, frames.size());
    }

    synchronized StandInCounts counts() {
        return new StandInCounts(read, enqueued, handedOut, dropped, frames.size());
    }

    int capacity() {
        return capacity;
    }
}
