package framebuffer.vision.decode;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.bytedeco.ffmpeg.global.avcodec;

/** The coded pictures since the last key picture: from them, decoding can resume at any moment. Holds native memory until it is cleared. */
final class CodedGroup {
    private static final int MOST_BYTES = 8 << 20;
    private static final int MOST_PICTURES = 600;

    private final List<AVPacket> pictures = new ArrayList<>();
    private long bytes;

    /** Adds a picture; a key picture begins a new group. Returns false if the group is now too large to be kept. */
    boolean add(AVPacket picture, boolean key) {
        if (key) {
            clear();
        }
        // A reference to the same bytes, not a copy.
        pictures.add(avcodec.av_packet_clone(picture));
        bytes += picture.size();
        return bytes <= MOST_BYTES && pictures.size() <= MOST_PICTURES;
    }

    void forEach(Consumer<AVPacket> action) {
        pictures.forEach(action);
    }

    void clear() {
        pictures.forEach(avcodec::av_packet_free);
        pictures.clear();
        bytes = 0;
    }
}
