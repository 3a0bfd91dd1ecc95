package framebuffer.client;

/** What a processor does with a frame. Called for as many frames at once as the processor's concurrency, each on a thread of its own. */
@FunctionalInterface
public interface FrameHandler {

    /**
     * Processes a frame. The same frame may come again: after a failure here or elsewhere, or a crash.
     *
     * @throws Exception
     *             the frame failed: it is charged with an attempt and sent again, to another processor if there is one. Two
     *             exceptions say more: {@link PixelsGone} rejects it, and when Redis is away the frame is sent again uncharged
     */
    Answer handle(WorkFrame frame) throws Exception;
}
