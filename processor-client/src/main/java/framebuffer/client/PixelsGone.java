package framebuffer.client;

/** A frame's pixels are no longer there, so it can never be processed. A handler lets it pass; the frame is then rejected. */
public final class PixelsGone extends RuntimeException {
    private static final long serialVersionUID = 1;

    PixelsGone(String message) {
        super(message);
    }
}
