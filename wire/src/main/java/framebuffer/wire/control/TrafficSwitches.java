package framebuffer.wire.control;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Which frames this service takes while it replaces an older one, as fields of the hash {@code frame-buffer:control} (docs/protocol.md). All
 * instances obey them.
 *
 * @param shadow whether the service only decides, and hands off nothing
 * @param gate whether the frames that are not its share go to the older service
 * @param percent the share of the traffic that this service takes while the gate is on, 0 to 100
 * @param by what the share counts
 */
public record TrafficSwitches(boolean shadow, boolean gate, int percent, SplitBy by) {
    /** Field of {@link #shadow}. */
    public static final String SHADOW = "shadow";
    /** Field of {@link #gate}. */
    public static final String GATE = "gate";
    /** Field of {@link #percent}. */
    public static final String SPLIT = "split";
    /** Field of {@link #by}. */
    public static final String SPLIT_BY = "split_by";

    /** No migration: the service takes all frames. */
    public static final TrafficSwitches NONE = new TrafficSwitches(false, false, 100, SplitBy.CAMERA);

    /** Throws {@link IllegalArgumentException} for a percentage below 0 or above 100. */
    public TrafficSwitches {
        if (percent < 0 || percent > 100) {
            throw new IllegalArgumentException("a share of the traffic is 0 to 100 percent, not " + percent);
        }
    }

    /** What the share of the traffic counts. */
    public enum SplitBy {
        /** Whole cameras: a camera never flips back and forth, and the set only grows with the percentage. */
        CAMERA("camera"),
        /** Frames: exact in any 100 consecutive frames of the capture stream. */
        FRAME("frame");

        private final String word;

        SplitBy(String word) {
            this.word = word;
        }

        /** What is called by this word; empty: nothing is. */
        public static Optional<SplitBy> of(String word) {
            return Arrays.stream(values()).filter(one -> one.word.equals(word)).findFirst();
        }

        /** The value of the field {@value TrafficSwitches#SPLIT_BY}. */
        public String word() {
            return word;
        }
    }

    /** Reads the fields; what is missing or unreadable has the value of {@link #NONE}, but a gate without a readable share takes no frame. */
    public static TrafficSwitches of(Map<String, String> fields) {
        boolean gate = Boolean.parseBoolean(fields.get(GATE));
        return new TrafficSwitches(Boolean.parseBoolean(fields.get(SHADOW)), gate,
                percent(fields.get(SPLIT), gate ? 0 : NONE.percent),
                SplitBy.of(fields.getOrDefault(SPLIT_BY, "")).orElse(SplitBy.CAMERA));
    }

    private static int percent(@Nullable String text, int otherwise) {
        if (text == null || !text.matches("\\d{1,3}")) {
            return otherwise;
        }
        int percent = Integer.parseInt(text);
        return percent <= 100 ? percent : otherwise;
    }

    /** The fields and values, in turn. */
    public List<String> fields() {
        return List.of(SHADOW, Boolean.toString(shadow), GATE, Boolean.toString(gate), SPLIT,
                Integer.toString(percent), SPLIT_BY, by.word());
    }

    /** Whether this service takes the frames of the camera, where the share counts cameras. */
    public boolean takes(String camera) {
        return place(camera) < percent * 100L;
    }

    /** The place of the camera among 10 000, the same for ever: the first 32 bits of the SHA-1 of its id's UTF-8 bytes, modulo 10 000. */
    private static long place(String camera) {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-1").digest(camera.getBytes(StandardCharsets.UTF_8));
            return Integer.toUnsignedLong(ByteBuffer.wrap(hash).getInt()) % 10_000;
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    /**
     * Whether this service takes a frame, where the share counts frames: exactly {@link #percent} of any 100 consecutive numbers, evenly
     * spread (the line of Bresenham, 1965).
     *
     * @param number the number of the frame in the capture stream, from 0
     */
    public boolean takes(long number) {
        long place = Math.floorMod(number, 100L);
        return (place + 1) * percent / 100 > place * percent / 100;
    }
}
