package framebuffer.client;

/** Processes frames. Called concurrently, up to the processor's concurrency, each frame on its own thread. */
@FunctionalInterface
public interface FrameHandler {

    /**
     * Processes a frame. The same frame may arrive again after a failure or a crash of any processor.
     *
     * @throws Exception when the frame failed: a charged attempt, then another hand-off, if possible to another processor. {@link
     *     PixelsGone} rejects the frame; an exception because Redis is unavailable returns it without a charge
     */
    Answer handle(WorkFrame frame) throws Exception;
}
