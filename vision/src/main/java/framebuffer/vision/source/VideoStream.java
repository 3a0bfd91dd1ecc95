package framebuffer.vision.source;

import framebuffer.vision.decode.DecodeCounts;
import framebuffer.vision.decode.HardwareDecoding;
import framebuffer.vision.decode.PictureDecoder;
import framebuffer.vision.decode.PictureDemand;
import framebuffer.vision.decode.VideoError;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.bytedeco.ffmpeg.avcodec.AVCodec;
import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.bytedeco.ffmpeg.avformat.AVFormatContext;
import org.bytedeco.ffmpeg.avformat.AVIndexEntry;
import org.bytedeco.ffmpeg.avformat.AVInputFormat;
import org.bytedeco.ffmpeg.avformat.AVStream;
import org.bytedeco.ffmpeg.avutil.AVDictionary;
import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.bytedeco.ffmpeg.global.avcodec;
import org.bytedeco.ffmpeg.global.avdevice;
import org.bytedeco.ffmpeg.global.avformat;
import org.bytedeco.ffmpeg.global.avutil;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.javacpp.Pointer;
import org.jspecify.annotations.Nullable;

/** Opens, reads and decodes one video with FFmpeg. For one thread at a time; holds native memory until it is closed. */
public final class VideoStream implements AutoCloseable {
    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(5);

    static {
        // Our exceptions report failures; FFmpeg would print every broken packet to the console.
        avutil.av_log_set_level(avutil.AV_LOG_QUIET);
    }

    private final VideoAddress address;
    private final PictureDeadline deadline;
    private final AVFormatContext context = avformat.avformat_alloc_context();
    private final Interrupts interrupts;
    private final AVPacket packet = avcodec.av_packet_alloc();
    private @Nullable PictureDecoder decoder;
    private @Nullable VideoTrack track;
    private PictureDelivery delivery = PictureDelivery.LIVE;
    /** Position after probing the format. */
    private long begun;
    private int index;

    private VideoStream(VideoAddress address, PictureDeadline deadline) {
        this.address = address;
        this.deadline = deadline;
        this.interrupts = Interrupts.install(context, deadline);
    }

    /**
     * Opens a video on a separate thread, because name lookups and opening devices ignore deadlines. After the deadline the thread is
     * abandoned, and closes the video itself.
     *
     * @throws CameraUnavailable when the address is unreachable, has no video, or the deadline is over
     */
    public static VideoStream open(VideoAddress address, HardwareDecoding hardware, PictureDeadline deadline) {
        if (!deadline.beginOpening()) {
            throw new CameraUnavailable(FfmpegErrors.why(address, "earlier attempts have not returned"));
        }
        CompletableFuture<VideoStream> opening = new CompletableFuture<>();
        deadline.begin();
        try {
            begin(deadline, () -> open(address, hardware, deadline, opening));
            if (deadline.awaits(opening)) {
                return opening.join();
            }
        } catch (CompletionException e) {
            throw e.getCause() instanceof CameraUnavailable why ? why : e;
        } finally {
            deadline.pause();
        }
        CompletableFuture<Void> _ = opening.thenAccept(VideoStream::close);
        throw new CameraUnavailable(FfmpegErrors.why(address, deadline.toString()));
    }

    private static void begin(PictureDeadline deadline, Runnable opening) {
        boolean started = false;
        try {
            Thread.ofPlatform().daemon().name("opening").start(opening);
            started = true;
        } finally {
            // The system may refuse another thread.
            if (!started) {
                deadline.endOpening();
            }
        }
    }

    private static void open(VideoAddress address, HardwareDecoding hardware, PictureDeadline deadline,
            CompletableFuture<VideoStream> opening) {
        try {
            opening.complete(opened(address, hardware, deadline));
        } catch (RuntimeException | Error e) {
            opening.completeExceptionally(e);
        } finally {
            deadline.endOpening();
        }
    }

    private static VideoStream opened(VideoAddress address, HardwareDecoding hardware, PictureDeadline deadline) {
        VideoStream video = new VideoStream(address, deadline);
        try {
            video.openInput();
            if (address instanceof VideoAddress.Network(var url, var _) && video.describedBehindPictures()) {
                VideoStream remote = video;
                video = new VideoStream(address, deadline);
                video.openCopy(url.reveal(), remote);
            }
            video.openDecoder(hardware);
            return video;
        } catch (RuntimeException | Error e) {
            video.close();
            throw e;
        }
    }

    private void openInput() {
        switch (address) {
            case VideoAddress.File(var path) -> {
                if (!Files.isRegularFile(path) || !Files.isReadable(path)) {
                    throw new CameraUnavailable("no video file " + path + " to read; name an existing file");
                }
                openInput("file:" + path.toAbsolutePath(), null, Map.of());
            }
            case VideoAddress.Network(var url, var transport) -> openInput(url.reveal(), null,
                    url.reveal().startsWith("rtsp")
                            ? Map.of("rtsp_transport", transport.name().toLowerCase(Locale.ROOT))
                            : Map.of());
            case VideoAddress.Device(var driver, var name) -> openInput(name, format(driver), Map.of());
        }
    }

    /** Loads FFmpeg's device library, which needs sound libraries that many servers lack; other sources work without it. */
    private AVInputFormat format(String driver) {
        try {
            Loader.load(avdevice.class);
        } catch (LinkageError e) {
            throw new CameraUnavailable("cannot open " + address + ": FFmpeg's library for devices cannot be loaded; "
                    + "on Debian and Ubuntu install libpulse0");
        }
        avdevice.avdevice_register_all();
        AVInputFormat format = avformat.av_find_input_format(driver);
        if (Pointer.isNull(format)) {
            throw new CameraUnavailable("cannot open " + address + ": this FFmpeg knows no " + driver);
        }
        return format;
    }

    private void openInput(String url, @Nullable AVInputFormat format, Map<String, String> given) {
        AVDictionary options = new AVDictionary(null);
        given.forEach((name, value) -> avutil.av_dict_set(options, name, value, 0));
        try (BytePointer name = new BytePointer(url, StandardCharsets.UTF_8)) {
            require(avformat.avformat_open_input(context, name, format, options));
        } finally {
            avutil.av_dict_free(options);
        }
        delivery = deliveryAsDeclared();
        if (delivery == PictureDelivery.LIVE) {
            // The frame rate matters only where timestamps say when a picture is due; measuring it takes 20 pictures.
            context.fps_probe_size(0);
        }
        begun = Pointer.isNull(context.pb()) ? 0 : avformat.avio_tell(context.pb());
        require(avformat.avformat_find_stream_info(context, (AVDictionary) null));
    }

    /**
     * Whether the index follows the pictures, as in many MP4 files, and the server sends only from the beginning: after reading the index,
     * the pictures are gone.
     */
    private boolean describedBehindPictures() {
        if (Pointer.isNull(context.pb()) || (context.pb().seekable() & avformat.AVIO_SEEKABLE_NORMAL) != 0) {
            return false;
        }
        boolean passed = false;
        for (int i = 0; i < context.nb_streams(); i++) {
            AVIndexEntry first = avformat.avformat_index_get_entry(context.streams(i), 0);
            passed |= first != null && first.pos() < begun;
        }
        return passed;
    }

    /** Closes the video and opens a local copy of it. */
    private void openCopy(String url, VideoStream remote) {
        try (remote; LocalCopy copy = LocalCopy.of(url, remote.context.interrupt_callback())) {
            openInput(copy.url(), null, Map.of());
        } catch (IOException e) {
            throw new CameraUnavailable(deadline.over()
                    ? late()
                    : FfmpegErrors.why(address, "its index follows its pictures, its "
                            + "server sends only from the beginning, and a copy failed: " + e.getMessage()));
        }
    }

    /** Checked before reading: afterwards, FFmpeg estimates a length even if there is none. */
    private PictureDelivery deliveryAsDeclared() {
        if (address instanceof VideoAddress.File) {
            return PictureDelivery.RECORDING;
        }
        boolean sized = !Pointer.isNull(context.pb()) && avformat.avio_size(context.pb()) > 0;
        return PictureDelivery.of(context.iformat().name().getString(), declaresLength(), sized);
    }

    private boolean declaresLength() {
        boolean declared = context.duration() > 0;
        for (int i = 0; i < context.nb_streams(); i++) {
            declared |= context.streams(i).nb_frames() > 0;
        }
        return declared;
    }

    private void openDecoder(HardwareDecoding hardware) {
        index = avformat.av_find_best_stream(context, avutil.AVMEDIA_TYPE_VIDEO, -1, -1, (AVCodec) null, 0);
        // The cover picture of an audio file is not a video.
        if (index < 0 || (stream().disposition() & avformat.AV_DISPOSITION_ATTACHED_PIC) != 0) {
            throw new CameraUnavailable(deadline.over() ? late() : "no video in " + address);
        }
        track = new VideoTrack(context, index);
        for (int other = 0; other < context.nb_streams(); other++) {
            context.streams(other).discard(other == index ? avcodec.AVDISCARD_DEFAULT : avcodec.AVDISCARD_ALL);
        }
        try {
            decoder = PictureDecoder.open(stream(), hardware);
        } catch (IllegalStateException e) {
            throw new CameraUnavailable(FfmpegErrors.why(address, String.valueOf(e.getMessage())));
        }
    }

    private void require(int result) {
        if (result < 0) {
            throw new CameraUnavailable(deadline.over() ? late() : FfmpegErrors.why(address, result));
        }
    }

    private String late() {
        return FfmpegErrors.why(address, deadline.toString());
    }

    private AVStream stream() {
        return context.streams(index);
    }

    /** The delivery of its pictures. */
    public PictureDelivery delivery() {
        return delivery;
    }

    /** Interval between pictures without usable timestamps, in microseconds. */
    public long intervalMicros() {
        return track().intervalMicros();
    }

    /** The timestamp of this picture, in microseconds from an arbitrary origin; empty: none. */
    public OptionalLong timeMicros(AVFrame picture) {
        return track().timeMicros(picture);
    }

    /** How to display this picture. */
    public Display display(AVFrame picture) {
        return track().display(picture);
    }

    /** The codec and what decodes it, such as {@code h264 (software)}. */
    public String decoderName() {
        return decoder().name();
    }

    /** Decodes only what is needed for these pictures, from now on. */
    public void decodeOnly(PictureDemand wanted) {
        decoder().decodeOnly(wanted);
    }

    /** How much before it is due a picture of live video is taken now, in microseconds. */
    public long earlyMicros() {
        return decoder().earlyMicros();
    }

    /** The number of coded pictures received so far. */
    public long received() {
        return decoder().arrived();
    }

    /** The decoding counts so far. */
    public DecodeCounts counts() {
        return decoder().counts(track().indexed());
    }

    /**
     * The next picture, valid until the next call; null at the end.
     *
     * @throws CameraUnavailable when the video broke off, or no picture came in time
     */
    public @Nullable AVFrame next() {
        deadline.begin();
        try {
            int decoded = decoder().receive();
            while (decoded != 0 && decoded != avutil.AVERROR_EOF()) {
                if (deadline.over()) {
                    throw new CameraUnavailable(address + " broke off: " + deadline);
                }
                read();
                decoded = decoder().receive();
            }
            deadline.picture();
            return decoded == 0 ? decoder().picture() : null;
        } finally {
            deadline.pause();
        }
    }

    /** Sends the next packet to the decoder. An undecodable packet is skipped. */
    private void read() {
        int result = avformat.av_read_frame(context, packet);
        if (result == avutil.AVERROR_EOF() && !deadline.over()) {
            requireWhole();
            // Flush the decoder at the end.
            decoder().end();
        } else if (result == avutil.AVERROR_EAGAIN()) {
            LockSupport.parkNanos(PAUSE_NANOS);
        } else if (result < 0) {
            throw new CameraUnavailable(
                    address + " broke off: " + (deadline.over() || result == avutil.AVERROR_EXIT()
                            ? deadline
                            : VideoError.text(result)));
        } else {
            if (packet.stream_index() == index && !decoder().decode(packet)) {
                // A picture came, though it is not needed.
                deadline.picture();
            }
            avcodec.av_packet_unref(packet);
        }
    }

    /** Many formats report a broken connection as a normal end; treat it as a failure. */
    private void requireWhole() {
        int error = Pointer.isNull(context.pb()) ? 0 : context.pb().error();
        if (error < 0 && error != avutil.AVERROR_EOF()) {
            throw new CameraUnavailable(address + " broke off: " + VideoError.text(error));
        }
    }

    private VideoTrack track() {
        VideoTrack opened = track;
        if (opened == null) {
            throw new IllegalStateException("a video that could not be opened is asked");
        }
        return opened;
    }

    private PictureDecoder decoder() {
        PictureDecoder opened = decoder;
        if (opened == null) {
            throw new IllegalStateException("a video that could not be opened is read");
        }
        return opened;
    }

    @Override
    public void close() {
        PictureDecoder opened = decoder;
        if (opened != null) {
            opened.close();
        }
        avcodec.av_packet_free(packet);
        // FFmpeg has already freed the context if opening failed.
        if (!context.isNull()) {
            avformat.avformat_close_input(context);
        }
        interrupts.close();
    }
}
