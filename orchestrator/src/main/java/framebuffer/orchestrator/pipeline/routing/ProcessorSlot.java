package framebuffer.orchestrator.pipeline.routing;

import framebuffer.wire.control.Registration;

/**
 * A processor as the router sees it: how much it may hold, and how much room we believe it has. The hand-off enforces the room; this
 * view only avoids futile tries. For one thread.
 */
public final class ProcessorSlot {
    private Registration registration;
    private int room;
    private int reserved;
    private boolean closed;

    ProcessorSlot(Registration registration, int room) {
        this.registration = registration;
        this.room = room;
    }

    /** Who it is. */
    public Registration registration() {
        return registration;
    }

    /** How many frames more it may be sent. */
    public int room() {
        return closed ? 0 : Math.max(0, room - reserved);
    }

    /** Outstanding frames, those on their way included; at most its capacity. */
    public int outstanding() {
        return Math.max(0, registration.capacity() - Math.max(0, room - reserved));
    }

    /** Whether the queue is missing, so that the processor gets nothing. */
    public boolean closed() {
        return closed;
    }

    /** Sets aside room for one frame. */
    void reserve() {
        reserved++;
    }

    /** A reserved place is no longer on its way: used, or not needed. */
    public void release() {
        reserved--;
    }

    /** Redis has room for this many frames in the queue; frames on their way are not subtracted yet. */
    public void seen(int roomInRedis) {
        closed = false;
        room = roomInRedis;
    }

    /** The key of the queue is missing, or no stream: the processor gets nothing until room is seen again. */
    public void close() {
        closed = true;
        room = 0;
    }

    /** It has changed what it says of itself. What is on its way to it stays reserved. */
    void become(Registration changed) {
        room = Math.max(0, room + changed.capacity() - registration.capacity());
        registration = changed;
    }
}
