package framebuffer.vision.source;

import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.bytedeco.ffmpeg.global.avcodec;
import org.bytedeco.ffmpeg.global.avutil;

/** Counts what becomes of coded pictures on their way through a decoder. */
final class DecodeCounter {
    /** {@code AV_FRAME_FLAG_CORRUPT} and {@code AV_FRAME_FLAG_INTERLACED}, which JavaCPP does not know. */
    private static final int CORRUPT = 1;
    private static final int INTERLACED = 1 << 3;

    private long sent;
    private long notShown;
    private long whole;
    private long undecodable;
    private boolean ended;

    /** A coded picture was given to the decoder, with this result. */
    void sent(AVPacket packet, int result) {
        sent++;
        // Needed to decode others; what a file was cut down to does not include it.
        notShown += (packet.flags() & avcodec.AV_PKT_FLAG_DISCARD) == 0 ? 0 : 1;
        failed(result);
    }

    /** The decoder was asked for a picture, with this result; 0: there is one. */
    void received(AVFrame picture, int result) {
        if (result != 0) {
            failed(result);
        } else if (picture.decode_error_flags() != 0 || (picture.flags() & CORRUPT) != 0) {
            undecodable++;
        } else {
            // The two fields of an interlaced picture may have been coded one by one.
            whole += (picture.flags() & INTERLACED) == 0 ? 1 : 2;
        }
    }

    /** The decoder has given all pictures: what is missing now was skipped, such as all before the first key picture. */
    void ended() {
        ended = true;
    }

    private void failed(int result) {
        if (result < 0 && result != avutil.AVERROR_EAGAIN()) {
            undecodable++;
        }
    }

    /**
     * The counts so far.
     *
     * @param atLeast
     *            how many coded pictures the video says it has
     */
    DecodeCounts counts(long atLeast) {
        long coded = Math.max(sent, atLeast) - notShown;
        long seen = Math.min(whole, coded);
        return new DecodeCounts(coded, seen, ended ? Math.max(undecodable, coded - seen) : undecodable);
    }
}
