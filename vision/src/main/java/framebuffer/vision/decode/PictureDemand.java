package framebuffer.vision.decode;

/** Which pictures of live video are wanted: those that are due when they arrive. */
public interface PictureDemand {
    /** The current time of a monotonic clock, in microseconds. */
    long nowMicros();

    /** Whether a picture that arrives at this time is wanted. */
    boolean due(long atMicros);

    /** The interval between two wanted pictures, in microseconds. */
    long intervalMicros();
}
