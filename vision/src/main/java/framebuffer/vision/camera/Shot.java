package framebuffer.vision.camera;

/** One picture taken from a video. */
final class Shot {
    private final long atMicros;
    private final int width;
    private final int height;
    private final byte[] jpeg;

    Shot(long atMicros, int width, int height, byte[] jpeg) {
        this.atMicros = atMicros;
        this.width = width;
        this.height = height;
        this.jpeg = jpeg;
    }

    /** Due time, in microseconds since the video was opened or restarted. */
    long atMicros() {
        return atMicros;
    }

    int width() {
        return width;
    }

    int height() {
        return height;
    }

    /** The picture as a JPEG file. */
    byte[] jpeg() {
        return jpeg;
    }
}
