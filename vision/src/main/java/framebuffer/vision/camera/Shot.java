package framebuffer.vision.camera;

import framebuffer.vision.source.Display;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** One due picture of a video. It is encoded when it is first asked for, which must happen before the next picture is read. */
final class Shot {
    private final long atMicros;
    private final Display display;
    private final Supplier<byte[]> encoding;
    private byte @Nullable [] jpeg;

    Shot(long atMicros, Display display, Supplier<byte[]> encoding) {
        this.atMicros = atMicros;
        this.display = display;
        this.encoding = encoding;
    }

    /** Due time, in microseconds since the video was opened or restarted. */
    long atMicros() {
        return atMicros;
    }

    int width() {
        return display.width();
    }

    int height() {
        return display.height();
    }

    /** The picture as a JPEG file. */
    byte[] jpeg() {
        byte[] encoded = jpeg;
        if (encoded == null) {
            encoded = encoding.get();
            jpeg = encoded;
        }
        return encoded;
    }
}
