package framebuffer.vision.source;

import java.nio.ByteOrder;
import java.nio.IntBuffer;
import java.util.OptionalLong;
import org.bytedeco.ffmpeg.avformat.AVFormatContext;
import org.bytedeco.ffmpeg.avformat.AVStream;
import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.bytedeco.ffmpeg.avutil.AVFrameSideData;
import org.bytedeco.ffmpeg.avutil.AVRational;
import org.bytedeco.ffmpeg.global.avformat;
import org.bytedeco.ffmpeg.global.avutil;

/** The video track: timestamps and display properties of its pictures. */
final class VideoTrack {
    private static final long MICROS_PER_SECOND = 1_000_000;
    /** One picture per minute, as in time-lapse recordings. */
    private static final double LOWEST_RATE = 1 / 60.0;
    private static final double HIGHEST_RATE = 240;
    private static final double UNKNOWN_RATE = 25;
    private static final int MATRIX_BYTES = 9 * Integer.BYTES;

    private final AVFormatContext context;
    private final AVStream stream;
    private final long indexed;

    /** The track of an open video. */
    VideoTrack(AVFormatContext context, int index) {
        this.context = context;
        this.stream = context.streams(index);
        // MP4 has an index of all pictures; other formats know only the pictures read so far.
        boolean all = context.iformat().name().getString().contains("mp4");
        this.indexed = all ? avformat.avformat_index_get_entries_count(stream) : 0;
    }

    AVStream stream() {
        return stream;
    }

    /** The declared number of coded pictures; 0: unknown. */
    long indexed() {
        return indexed;
    }

    /** Interval between pictures, in microseconds: from the frame rate, or 25 per second if it is missing or impossible; at most 5 s. */
    long intervalMicros() {
        double rate = avutil.av_q2d(avformat.av_guess_frame_rate(context, stream, null));
        boolean plausible = rate >= LOWEST_RATE && rate <= HIGHEST_RATE;
        return Math.min(MediaTime.LONGEST_STEP_MICROS,
                Math.round(MICROS_PER_SECOND / (plausible ? rate : UNKNOWN_RATE)));
    }

    /** The timestamp of a picture, in microseconds from an arbitrary origin; empty: none. */
    OptionalLong timeMicros(AVFrame picture) {
        long time = picture.best_effort_timestamp();
        AVRational unit = stream.time_base();
        long micros = time == avutil.AV_NOPTS_VALUE
                ? avutil.AV_NOPTS_VALUE
                : avutil.av_rescale(time, MICROS_PER_SECOND * unit.num(), unit.den());
        return micros == avutil.AV_NOPTS_VALUE ? OptionalLong.empty() : OptionalLong.of(micros);
    }

    /** How to display a picture. */
    Display display(AVFrame picture) {
        AVRational aspect = avformat.av_guess_sample_aspect_ratio(context, stream, picture);
        return Display.of(picture.width(), picture.height(), avutil.av_q2d(aspect), orientation(picture));
    }

    private static Orientation orientation(AVFrame picture) {
        AVFrameSideData matrix = avutil.av_frame_get_side_data(picture, avutil.AV_FRAME_DATA_DISPLAYMATRIX);
        if (matrix == null || matrix.size() < MATRIX_BYTES) {
            return Orientation.UPRIGHT;
        }
        IntBuffer numbers = matrix.data().capacity(MATRIX_BYTES).asByteBuffer().order(ByteOrder.nativeOrder())
                .asIntBuffer();
        return Orientation.of(numbers.get(0), numbers.get(1), numbers.get(3), numbers.get(4));
    }
}
