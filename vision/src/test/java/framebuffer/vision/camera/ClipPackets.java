package framebuffer.vision.camera;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.bytedeco.ffmpeg.avcodec.AVCodecParameters;
import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.bytedeco.ffmpeg.global.avutil;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacv.FFmpegFrameGrabber;
import org.bytedeco.javacv.FrameGrabber;

/**
 * The clip as H.264 units for a fake camera.
 *
 * @param parameters units that a decoder needs first
 * @param pictures units of each picture, in decoding order
 */
record ClipPackets(List<byte[]> parameters, List<Coded> pictures) {

    /**
     * One coded picture.
     *
     * @param millis presentation time
     */
    record Coded(long millis, List<byte[]> units) {
    }

    static ClipPackets read() throws FrameGrabber.Exception {
        avutil.av_log_set_level(avutil.AV_LOG_QUIET);
        try (FFmpegFrameGrabber clip = new FFmpegFrameGrabber(DemoClip.path().toFile())) {
            clip.start();
            AVCodecParameters coded = clip.getFormatContext().streams(0).codecpar();
            List<byte[]> parameters = parameters(bytes(coded.extradata(), coded.extradata_size()));
            int unitsOfTime = clip.getFormatContext().streams(0).time_base().den();
            List<Coded> pictures = new ArrayList<>();
            for (AVPacket packet = clip.grabPacket(); packet != null; packet = clip.grabPacket()) {
                pictures.add(new Coded(packet.pts() * 1000 / unitsOfTime,
                        units(ByteBuffer.wrap(bytes(packet.data(), packet.size())))));
            }
            return new ClipPackets(parameters, pictures);
        }
    }

    /** Reads one sequence and one picture parameter set, each after its length, from an MP4's configuration record. */
    private static List<byte[]> parameters(byte[] record) {
        int sequence = ByteBuffer.wrap(record).getShort(6);
        int picture = ByteBuffer.wrap(record).getShort(8 + sequence + 1);
        int from = 8 + sequence + 3;
        return List.of(Arrays.copyOfRange(record, 8, 8 + sequence), Arrays.copyOfRange(record, from, from + picture));
    }

    private static List<byte[]> units(ByteBuffer packet) {
        List<byte[]> units = new ArrayList<>();
        while (packet.hasRemaining()) {
            byte[] unit = new byte[packet.getInt()];
            packet.get(unit);
            units.add(unit);
        }
        return units;
    }

    private static byte[] bytes(BytePointer from, int size) {
        byte[] bytes = new byte[size];
        from.get(bytes);
        return bytes;
    }
}
