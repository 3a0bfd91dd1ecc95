package framebuffer.trials.bench.cameras;

import framebuffer.app.terminal.CannotRun;
import framebuffer.testkit.StreamServer.ServedPicture;
import framebuffer.testkit.StreamServer.ServedVideo;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.bytedeco.ffmpeg.avcodec.AVCodecParameters;
import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.bytedeco.ffmpeg.avformat.AVFormatContext;
import org.bytedeco.ffmpeg.avformat.AVStream;
import org.bytedeco.ffmpeg.avutil.AVDictionary;
import org.bytedeco.ffmpeg.global.avcodec;
import org.bytedeco.ffmpeg.global.avformat;
import org.bytedeco.ffmpeg.global.avutil;
import org.bytedeco.javacpp.BytePointer;

/** Reads the coded pictures of an MP4 file with H.264, to be sent as a camera sends them. */
final class CodedClip {
    private static final long MICROS_PER_SECOND = 1_000_000;

    private CodedClip() {
    }

    /**
     * Reads a file.
     *
     * @throws CannotRun when it is not an MP4 file whose first stream is H.264
     */
    static ServedVideo read(Path file) {
        AVFormatContext context = avformat.avformat_alloc_context();
        if (avformat.avformat_open_input(context, file.toString(), null, null) < 0
                || avformat.avformat_find_stream_info(context, (AVDictionary) null) < 0) {
            throw new CannotRun("cannot read " + file);
        }
        try {
            return read(file, context);
        } finally {
            avformat.avformat_close_input(context);
        }
    }

    private static ServedVideo read(Path file, AVFormatContext context) {
        AVStream track = context.streams(0);
        AVCodecParameters coded = track.codecpar();
        byte[] configuration = bytes(coded.extradata(), coded.extradata_size());
        if (coded.codec_id() != avcodec.AV_CODEC_ID_H264 || configuration.length < 8 || configuration[0] != 1) {
            throw new CannotRun(file + " is not an MP4 file whose first stream is H.264");
        }
        List<ServedPicture> pictures = new ArrayList<>();
        AVPacket packet = avcodec.av_packet_alloc();
        while (avformat.av_read_frame(context, packet) >= 0) {
            if (packet.stream_index() == 0) {
                pictures.add(new ServedPicture(
                        avutil.av_rescale(packet.pts(), MICROS_PER_SECOND * track.time_base().num(),
                                track.time_base().den()),
                        units(ByteBuffer.wrap(bytes(packet.data(), packet.size())))));
            }
            avcodec.av_packet_unref(packet);
        }
        avcodec.av_packet_free(packet);
        return new ServedVideo(parameters(configuration), pictures, context.duration());
    }

    /** One sequence and one picture parameter set, each after its length, from an MP4's configuration record. */
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
        byte[] bytes = new byte[Math.max(0, size)];
        if (from != null && size > 0) {
            from.get(bytes);
        }
        return bytes;
    }
}
