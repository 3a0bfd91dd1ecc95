package framebuffer.vision.decode;

import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.bytedeco.ffmpeg.global.avcodec;
import org.bytedeco.ffmpeg.global.avutil;

/** Counts how a decoder handles coded pictures. */
final class DecodeCounter {
    /** {@code AV_FRAME_FLAG_CORRUPT} and {@code AV_FRAME_FLAG_INTERLACED}, which JavaCPP does not define. */
    private static final int CORRUPT = 1;
    private static final int INTERLACED = 1 << 3;

    private long arrived;
    private long sent;
    private long notShown;
    private long whole;
    private long undecodable;
    private boolean ended;

    /** A coded picture arrived, needed or not. */
    void arrived() {
        arrived++;
    }

    /** The number of coded pictures that arrived. */
    long all() {
        return arrived;
    }

    /** Records the result of sending a coded picture that the decoder may skip. */
    void maySkip(int result) {
        failed(result);
    }

    /** Records the result of sending a coded picture to the decoder. */
    void sent(AVPacket packet, int result) {
        sent++;
        // A picture that only serves to decode others, outside the cut of the file.
        notShown += (packet.flags() & avcodec.AV_PKT_FLAG_DISCARD) == 0 ? 0 : 1;
        failed(result);
    }

    /** Records the result of receiving a picture; 0: a picture was received. */
    void received(AVFrame picture, int result) {
        if (result != 0) {
            failed(result);
        } else if (picture.decode_error_flags() != 0 || (picture.flags() & CORRUPT) != 0) {
            undecodable++;
        } else {
            // The two fields of an interlaced picture may be coded separately.
            whole += (picture.flags() & INTERLACED) == 0 ? 1 : 2;
        }
    }

    /** The decoder has returned all pictures: missing pictures were skipped, such as those before the first key picture. */
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
     * @param atLeast declared number of coded pictures
     */
    DecodeCounts counts(long atLeast) {
        long coded = Math.max(sent, atLeast) - notShown;
        long seen = Math.min(whole, coded);
        return new DecodeCounts(coded, seen, ended ? Math.max(undecodable, coded - seen) : undecodable);
    }
}
