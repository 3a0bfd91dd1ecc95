package framebuffer.vision.decode;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.bytedeco.ffmpeg.avcodec.AVCodec;
import org.bytedeco.ffmpeg.avcodec.AVCodecContext;
import org.bytedeco.ffmpeg.avcodec.AVCodecHWConfig;
import org.bytedeco.ffmpeg.avutil.AVBufferRef;
import org.bytedeco.ffmpeg.avutil.AVDictionary;
import org.bytedeco.ffmpeg.global.avcodec;
import org.bytedeco.ffmpeg.global.avutil;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A device that decodes video, shared by all decoders of this process. */
final class HardwareDevice {
    private static final Logger log = LoggerFactory.getLogger(HardwareDevice.class);
    private static final Duration FOUND_WITHIN = Duration.ofSeconds(5);

    private final String kind;
    private final int type;
    private final AVBufferRef context;

    HardwareDevice(String kind, int type, AVBufferRef context) {
        this.kind = kind;
        this.type = type;
        this.context = context;
    }

    /** The device of this machine, looked for once; the log says once what was found. */
    static Optional<HardwareDevice> ofThisMachine() {
        return OfThisMachine.DEVICE;
    }

    /** FFmpeg's name for this kind of device, such as {@code vaapi}. */
    String kind() {
        return kind;
    }

    /** Lets a decoder use this device; false if the device knows no such codec. FFmpeg itself decodes in software if the device fails. */
    boolean serve(AVCodecContext codec, AVCodec decoder) {
        AVCodecHWConfig config = avcodec.avcodec_get_hw_config(decoder, 0);
        for (int i = 1; config != null; i++) {
            if (config.device_type() == type
                    && (config.methods() & avcodec.AV_CODEC_HW_CONFIG_METHOD_HW_DEVICE_CTX) != 0) {
                codec.hw_device_ctx(avutil.av_buffer_ref(context));
                return true;
            }
            config = avcodec.avcodec_get_hw_config(decoder, i);
        }
        return false;
    }

    /** The kinds to try, the best first. */
    static List<String> kinds(String operatingSystem) {
        return operatingSystem.toLowerCase(Locale.ROOT).contains("mac")
                ? List.of("videotoolbox")
                : List.of("vaapi", "cuda");
    }

    /**
     * Opens the first device that there is.
     *
     * @param name name of the device; null: the default one of each kind
     * @param faults receives why the others cannot be opened
     */
    static Optional<HardwareDevice> find(List<String> kinds, @Nullable String name, List<String> faults) {
        for (String kind : kinds) {
            int type = avutil.av_hwdevice_find_type_by_name(kind);
            AVBufferRef context = new AVBufferRef(null);
            int result = type == avutil.AV_HWDEVICE_TYPE_NONE
                    ? avutil.AVERROR_ENOSYS()
                    : avutil.av_hwdevice_ctx_create(context, type, name, (AVDictionary) null, 0);
            if (result >= 0) {
                return Optional.of(new HardwareDevice(kind, type, context));
            }
            faults.add("no " + kind + " device (" + VideoError.text(result) + ")");
        }
        return Optional.empty();
    }

    /** Looks for a device on a thread of its own, because a broken driver may never return. */
    private static Optional<HardwareDevice> found() {
        List<String> faults = new ArrayList<>();
        CompletableFuture<Optional<HardwareDevice>> looking = new CompletableFuture<>();
        Thread.ofPlatform().daemon().name("hardware").start(() -> {
            try {
                looking.complete(find(kinds(System.getProperty("os.name", "")), null, faults));
            } catch (RuntimeException | Error e) {
                looking.completeExceptionally(e);
            }
        });
        try {
            Optional<HardwareDevice> device = looking.get(FOUND_WITHIN.toSeconds(), TimeUnit.SECONDS);
            log.info("video is decoded {}", device.map(one -> "by hardware: " + one.kind())
                    .orElseGet(() -> "in software: " + String.join(", ", faults)));
            return device;
        } catch (TimeoutException | ExecutionException e) {
            log.info("video is decoded in software: the search for a device failed ({})", e.toString());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            log.info("video is decoded in software: the search for a device was interrupted");
        }
        return Optional.empty();
    }

    private static final class OfThisMachine {
        static final Optional<HardwareDevice> DEVICE = found();
    }
}
