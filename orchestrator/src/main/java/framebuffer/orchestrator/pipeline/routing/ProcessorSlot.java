package framebuffer.orchestrator.pipeline.routing;

import framebuffer.wire.control.Registration;

/** Room at one processor as the router knows it. The hand-off enforces the room; this view only avoids futile attempts. For one thread. */
public final class ProcessorSlot {
    private Registration registration;
    private int room;
    private int reserved;
    private boolean closed;

    ProcessorSlot(Registration registration, int room) {
        this.registration = registration;
        this.room = room;
    }

    /** The processor. */
    public Registration registration() {
        return registration;
    }

    /** How many more frames it may be sent. */
    public int room() {
        return closed ? 0 : Math.max(0, room - reserved);
    }

    /** Outstanding frames including those in flight; at most its capacity. */
    public int outstanding() {
        return Math.max(0, registration.capacity() - Math.max(0, room - reserved));
    }

    /** Whether the queue is missing, so that the processor gets no frames. */
    public boolean closed() {
        return closed;
    }

    /** Reserves room for one frame. */
    void reserve() {
        reserved++;
    }

    /** Releases a reservation that was used or is not needed. */
    public void release() {
        reserved--;
    }

    /** Sets the room that Redis reported, without frames in flight. */
    public void seen(int roomInRedis) {
        closed = false;
        room = roomInRedis;
    }

    /** Closes the slot because the queue is missing or is no stream; {@link #seen} reopens it. */
    public void close() {
        closed = true;
        room = 0;
    }

    /** Replaces the registration; reservations stay. */
    void become(Registration changed) {
        room = Math.max(0, room + changed.capacity() - registration.capacity());
        registration = changed;
    }
}
