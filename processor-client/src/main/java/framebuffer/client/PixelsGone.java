package framebuffer.client;

/** The pixels of a frame no longer exist, so it can never be processed. A handler should not catch this; the frame is then rejected. */
public final class PixelsGone extends RuntimeException {
    private static final long serialVersionUID = 1;

    PixelsGone(String message) {
        super(message);
    }
}
