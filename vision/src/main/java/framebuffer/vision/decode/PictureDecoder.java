package framebuffer.vision.decode;

import java.util.OptionalLong;
import org.bytedeco.ffmpeg.avcodec.AVCodec;
import org.bytedeco.ffmpeg.avcodec.AVCodecContext;
import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.bytedeco.ffmpeg.avformat.AVStream;
import org.bytedeco.ffmpeg.avutil.AVDictionary;
import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.bytedeco.ffmpeg.avutil.AVRational;
import org.bytedeco.ffmpeg.global.avcodec;
import org.bytedeco.ffmpeg.global.avutil;
import org.bytedeco.javacpp.Pointer;
import org.jspecify.annotations.Nullable;

/**
 * Decodes the coded pictures of one video. For one thread at a time; holds native memory until it is closed.
 *
 * <p>
 * Of live video it decodes as few pictures as it can without changing those that are wanted. Where key pictures are as frequent as wanted
 * ones, it decodes them alone; it keeps the coded pictures since the last one, to resume at once when key pictures become rarer. Otherwise
 * it skips unwanted pictures to which no other refers.
 */
public final class PictureDecoder implements AutoCloseable {
    private static final long MICROS_PER_SECOND = 1_000_000;
    private static final String SOFTWARE = " (software)";

    private final AVStream track;
    private AVCodecContext codec;
    private @Nullable HardwareDevice device;
    /** What the last picture was decoded by. */
    private String by = SOFTWARE;
    private final boolean onlyKeys;
    private final boolean skipsNonReference;
    private final AVFrame decoded = avutil.av_frame_alloc();
    /** A picture that was decoded by hardware, copied from its memory. */
    private final AVFrame copied = avutil.av_frame_alloc();
    private AVFrame picture = decoded;
    private final DecodeCounter counter = new DecodeCounter();
    private final CodedGroup group = new CodedGroup();
    private @Nullable PictureDemand wanted;
    private KeyPictures keys = new KeyPictures(0);
    /** A key picture is decoded alone: the decoder must give it without waiting for others. */
    private boolean alone;
    private boolean given;

    private PictureDecoder(AVStream track, @Nullable HardwareDevice wantedDevice) {
        int codecId = track.codecpar().codec_id();
        this.track = track;
        this.device = wantedDevice;
        this.codec = opened();
        this.onlyKeys = (avcodec.avcodec_descriptor_get(codecId).props() & avcodec.AV_CODEC_PROP_INTRA_ONLY) != 0;
        // In newer codecs, a picture that is no reference in its own layer may be one for higher layers.
        this.skipsNonReference = codecId == avcodec.AV_CODEC_ID_H264 || codecId == avcodec.AV_CODEC_ID_MPEG4
                || codecId == avcodec.AV_CODEC_ID_MPEG2VIDEO || codecId == avcodec.AV_CODEC_ID_MPEG1VIDEO;
    }

    /**
     * Opens the decoder of a video track, which must outlive it.
     *
     * @throws IllegalStateException when this FFmpeg cannot decode it; the message is FFmpeg's
     */
    public static PictureDecoder open(AVStream track, HardwareDecoding hardware) {
        return new PictureDecoder(track,
                hardware == HardwareDecoding.AUTO ? HardwareDevice.ofThisMachine().orElse(null) : null);
    }

    /** Opens the decoder of a video track with this device. */
    static PictureDecoder open(AVStream track, HardwareDevice device) {
        return new PictureDecoder(track, device);
    }

    /** Opens a codec, by the device if it can. */
    private AVCodecContext opened() {
        HardwareDevice wantedDevice = device;
        AVCodec decoder = avcodec.avcodec_find_decoder(track.codecpar().codec_id());
        AVCodecContext opening = avcodec.avcodec_alloc_context3(decoder);
        try {
            require(Pointer.isNull(decoder) ? avutil.AVERROR_DECODER_NOT_FOUND() : 0);
            require(avcodec.avcodec_parameters_to_context(opening, track.codecpar()));
            opening.pkt_timebase(track.time_base());
            // One thread for each camera: many cameras share the processors.
            opening.thread_count(1);
            if (wantedDevice != null && !wantedDevice.serve(opening, decoder)) {
                device = null;
            }
            require(avcodec.avcodec_open2(opening, decoder, (AVDictionary) null));
            return opening;
        } catch (IllegalStateException e) {
            avcodec.avcodec_free_context(opening);
            if (device == null) {
                throw e;
            }
            device = null;
            return opened();
        }
    }

    private static void require(int result) {
        if (result < 0) {
            throw new IllegalStateException(VideoError.text(result));
        }
    }

    /** Decodes only what is needed for these pictures, from now on. */
    public void decodeOnly(PictureDemand of) {
        wanted = of;
        keys = new KeyPictures(of.intervalMicros());
    }

    /** The codec and what decodes it, such as {@code h264 (software)} or {@code h264_vaapi}. */
    public String name() {
        return codec.codec().name().getString() + by;
    }

    /** Takes the next coded picture. Returns false if it is not needed. A picture that cannot be decoded is counted. */
    public boolean decode(AVPacket coded) {
        counter.arrived();
        PictureDemand only = wanted;
        if (only == null) {
            counter.sent(coded, send(coded, avcodec.AVDISCARD_DEFAULT));
            return true;
        }
        long now = only.nowMicros();
        boolean before = keys.suffice();
        boolean key = (coded.flags() & avcodec.AV_PKT_FLAG_KEY) != 0;
        keys.observe(key, now, timeMicros(coded));
        boolean due = only.due(now + earlyMicros());
        if (onlyKeys) {
            if (due) {
                counter.sent(coded, send(coded, avcodec.AVDISCARD_DEFAULT));
            }
            return due;
        }
        if (before || keys.suffice()) {
            return keep(coded, key, due);
        }
        if (due || !skipsNonReference) {
            counter.sent(coded, send(coded, avcodec.AVDISCARD_DEFAULT));
        } else {
            counter.maySkip(send(coded, avcodec.AVDISCARD_NONREF));
        }
        return true;
    }

    private OptionalLong timeMicros(AVPacket coded) {
        AVRational unit = codec.pkt_timebase();
        return coded.pts() == avutil.AV_NOPTS_VALUE
                ? OptionalLong.empty()
                : OptionalLong.of(avutil.av_rescale(coded.pts(), MICROS_PER_SECOND * unit.num(), unit.den()));
    }

    /**
     * How much before it is due a picture of live video is taken now, in microseconds: where only key pictures are decoded, the nearest
     * one is taken.
     */
    public long earlyMicros() {
        return onlyKeys ? 0 : keys.earlyMicros();
    }

    /** Keeps a picture, and decodes it if it is a key picture that is due. */
    private boolean keep(AVPacket coded, boolean key, boolean due) {
        boolean fits = group.add(coded, key);
        if (!keys.suffice() || !fits) {
            resume();
            return true;
        }
        if (key && due) {
            counter.sent(coded, send(coded, avcodec.AVDISCARD_DEFAULT));
            avcodec.avcodec_send_packet(codec, null);
            alone = true;
            given = false;
        }
        return key && due;
    }

    /** Decodes the pictures since the last key picture, so that the next one can be decoded. They are too old to be shown. */
    private void resume() {
        keys.forget();
        avcodec.avcodec_flush_buffers(codec);
        group.forEach(coded -> {
            send(coded, skipsNonReference ? avcodec.AVDISCARD_NONREF : avcodec.AVDISCARD_DEFAULT);
            while (avcodec.avcodec_receive_frame(codec, decoded) == 0) {
                avutil.av_frame_unref(decoded);
            }
        });
        group.clear();
    }

    private int send(AVPacket coded, int discard) {
        codec.skip_frame(discard);
        return avcodec.avcodec_send_packet(codec, coded);
    }

    /** The video has ended: the decoder gives the pictures that it still has. */
    public void end() {
        codec.skip_frame(avcodec.AVDISCARD_DEFAULT);
        avcodec.avcodec_send_packet(codec, null);
    }

    /** Asks for the next picture. Returns 0: {@link #picture} has it; {@code AVERROR_EOF}: there is none any more; otherwise: not yet. */
    public int receive() {
        int result = avcodec.avcodec_receive_frame(codec, decoded);
        if (result == avutil.AVERROR_EOF() && alone) {
            alone = false;
            avcodec.avcodec_flush_buffers(codec);
            if (!given) {
                resume();
            }
            return avutil.AVERROR_EAGAIN();
        }
        if (result == avutil.AVERROR_EOF()) {
            counter.ended();
        } else {
            given |= result == 0;
            counter.received(decoded, result);
        }
        return result == 0 ? copied() : result;
    }

    /** Copies a picture from the memory of the device. If that fails, decoding goes on in software, from the next key picture on. */
    private int copied() {
        HardwareDevice used = device;
        picture = decoded;
        if (used == null || decoded.hw_frames_ctx() == null) {
            by = SOFTWARE;
            return 0;
        }
        avutil.av_frame_unref(copied);
        if (avutil.av_hwframe_transfer_data(copied, decoded, 0) < 0
                || avutil.av_frame_copy_props(copied, decoded) < 0) {
            device = null;
            avcodec.avcodec_free_context(codec);
            codec = opened();
            keys.forget();
            group.clear();
            alone = false;
            return avutil.AVERROR_EAGAIN();
        }
        by = "_" + used.kind();
        picture = copied;
        return 0;
    }

    /** The picture that was received, valid until the next is asked for. */
    public AVFrame picture() {
        return picture;
    }

    /** The number of coded pictures so far. */
    public long arrived() {
        return counter.all();
    }

    /**
     * The decoding counts so far; pictures that are not needed do not count.
     *
     * @param atLeast declared number of coded pictures
     */
    public DecodeCounts counts(long atLeast) {
        return counter.counts(atLeast);
    }

    @Override
    public void close() {
        group.clear();
        avcodec.avcodec_free_context(codec);
        avutil.av_frame_free(decoded);
        avutil.av_frame_free(copied);
    }
}
