package framebuffer.vision.source;

import java.util.concurrent.ConcurrentHashMap;
import org.bytedeco.ffmpeg.avformat.AVFormatContext;
import org.bytedeco.ffmpeg.avformat.AVIOInterruptCB;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.Pointer;

/**
 * Interrupts FFmpeg when a deadline is over; while it blocks, it calls back about ten times per second. JavaCPP allows ten callbacks per
 * process, so all videos share one, and a pointer identifies the video.
 */
final class Interrupts implements AutoCloseable {
    private static final ConcurrentHashMap<Long, PictureDeadline> DEADLINES = new ConcurrentHashMap<>();
    private static final AVIOInterruptCB.Callback_Pointer ASKED = new Asked();

    private final BytePointer key = new BytePointer(1);

    private Interrupts() {
    }

    /** Registers a context, whose operations then end with the deadline. Close the registration after the context. */
    static Interrupts install(AVFormatContext context, PictureDeadline deadline) {
        Interrupts interrupts = new Interrupts();
        DEADLINES.put(interrupts.key.address(), deadline);
        context.interrupt_callback().callback(ASKED).opaque(interrupts.key);
        return interrupts;
    }

    @Override
    public void close() {
        DEADLINES.remove(key.address());
        key.deallocate();
    }

    private static final class Asked extends AVIOInterruptCB.Callback_Pointer {
        @Override
        public int call(Pointer key) {
            PictureDeadline deadline = DEADLINES.get(key.address());
            return deadline != null && deadline.over() ? 1 : 0;
        }
    }
}
