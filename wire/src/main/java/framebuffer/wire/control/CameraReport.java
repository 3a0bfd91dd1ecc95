package framebuffer.wire.control;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import framebuffer.wire.text.Json;
import framebuffer.wire.text.Timestamps;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a camera says of its video.
 *
 * @param reason one line, without credentials: why the video is unavailable or has ended; else empty
 * @param since when this phase began
 * @param lastPictureAt when the last picture was decoded; null: none yet
 * @param decoder the codec and what decodes it, such as {@code h264 (software)}; empty: not known yet
 * @param size of the pictures
 * @param rates of the last ten seconds
 * @param at when the report was stored, by Redis's clock
 */
public record CameraReport(Phase phase, String reason, Instant since, @Nullable Instant lastPictureAt, String decoder,
        VideoSize size, VideoRates rates, Instant at) {

    /** The phases of a camera. */
    public enum Phase {
        /** No picture has come yet, and nothing has failed. */
        OPENING,
        /** Pictures come. */
        PLAYING,
        /** The video is unavailable; the camera tries again. */
        WAITING,
        /** The recording has ended, or the camera cannot go on. */
        ENDED;

        static Optional<Phase> of(String word) {
            return Arrays.stream(values()).filter(phase -> phase.word().equals(word)).findFirst();
        }

        /** The word in Redis and in the API. */
        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /**
     * The size of pictures, in pixels.
     *
     * @param width 0: not known yet
     */
    public record VideoSize(int width, int height) {
    }

    /**
     * Rates per second.
     *
     * @param received coded pictures of the video
     * @param published frames
     */
    public record VideoRates(double received, double published) {
    }

    /** The same report, stored at another time. */
    public CameraReport storedAt(Instant time) {
        return new CameraReport(phase, reason, since, lastPictureAt, decoder, size, rates, time);
    }

    /**
     * Whether the video has ended: it sends no frames because there are none.
     *
     * @param newestFrame capture time of the camera's newest frame, by Redis's clock; a later one than this report shows that the camera
     *        goes on without reports. Null: none
     */
    public boolean hasEnded(@Nullable Instant newestFrame) {
        return phase == Phase.ENDED && (newestFrame == null || !newestFrame.isAfter(at));
    }

    /** The form in Redis and in the API. */
    public ObjectNode json() {
        return JsonNodeFactory.instance.objectNode().put("state", phase.word()).put("reason", reason)
                .put("since", Timestamps.micros(since))
                .put("last_picture_at", lastPictureAt == null ? null : Timestamps.micros(lastPictureAt))
                .put("decoder", decoder).put("width", size.width()).put("height", size.height())
                .put("pictures_per_second", tenths(rates.received()))
                .put("frames_per_second", tenths(rates.published()))
                .put("at", Timestamps.micros(at));
    }

    private static double tenths(double rate) {
        return Math.round(rate * 10) / 10.0;
    }

    /** Parses {@link #json}; null: invalid, for example written by others. */
    public static @Nullable CameraReport decode(byte[] bytes) {
        ObjectNode json = Json.object(bytes);
        Phase phase = json == null ? null : Phase.of(json.path("state").asText()).orElse(null);
        if (json == null || phase == null) {
            return null;
        }
        try {
            return new CameraReport(phase, json.path("reason").asText(), Instant.parse(json.path("since").asText()),
                    json.path("last_picture_at").isTextual()
                            ? Instant.parse(json.path("last_picture_at").asText())
                            : null,
                    json.path("decoder").asText(),
                    new VideoSize(json.path("width").asInt(), json.path("height").asInt()),
                    new VideoRates(json.path("pictures_per_second").asDouble(),
                            json.path("frames_per_second").asDouble()),
                    Instant.parse(json.path("at").asText()));
        } catch (DateTimeException e) {
            // Not one of our reports.
            return null;
        }
    }
}
