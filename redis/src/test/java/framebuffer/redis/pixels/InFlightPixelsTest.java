package framebuffer.redis.pixels;

import static org.assertj.core.api.Assertions.assertThat;

import framebuffer.redis.Replies;
import framebuffer.redis.pixels.InFlightPixels.PixelSlice;
import framebuffer.redis.testing.TestRedis;
import framebuffer.wire.Keys;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class InFlightPixelsTest {
    @RegisterExtension
    static final TestRedis redis = new TestRedis();
    private static final Keys KEYS = Keys.DEFAULT;
    private static final String GROUP = "g";
    private static final String Q = "frames:ready:q";

    private final InFlightPixels frames = new InFlightPixels(KEYS, GROUP, Duration.ofSeconds(20));
    private long now;

    @BeforeEach
    void lookAtTheClock() {
        now = Replies.time(redis.call("TIME")).toEpochMilli();
    }

    /** An id of an entry that was added some seconds ago. */
    private String ago(long seconds, int number) {
        return now - seconds * 1_000 + "-" + number;
    }

    private void add(String stream, String id, String... fields) {
        List<Object> line = new ArrayList<>(List.of(stream, id));
        line.addAll(List.of(fields));
        redis.call("XADD", line.toArray());
    }

    private void group() {
        redis.call("XGROUP", "CREATE", KEYS.capture(), GROUP, "0", "MKSTREAM");
    }

    private void read(int frames) {
        redis.call("XREADGROUP", "GROUP", GROUP, "me", "COUNT", frames, "STREAMS", KEYS.capture(), ">");
    }

    private List<String> found(long since, String... streams) {
        List<String> all = new ArrayList<>();
        List<String> left = List.of(streams);
        String last = "";
        while (!left.isEmpty()) {
            PixelSlice slice = frames.read(redis.connection(), left, since, last);
            slice.pixels().forEach(key -> all.add(new String(key, StandardCharsets.UTF_8)));
            assertThat(slice.pixels()).hasSizeLessThanOrEqualTo(InFlightPixels.ENTRIES);
            left = left.subList(slice.streams(), left.size());
            last = slice.last();
        }
        return all;
    }

    @Test
    void framesThatWaitLongNameTheirPixels() {
        group();
        add(KEYS.capture(), ago(60, 0), "frame_id", "f1");
        add(KEYS.capture(), ago(60, 1), "frame_id", "f2", "frame_buffer_key", "elsewhere");
        add(KEYS.capture(), ago(60, 2), "frame_id", "f3", "data", "inline");
        add(KEYS.capture(), ago(60, 3), "camera_id", "names none");
        add(KEYS.capture(), ago(10, 0), "frame_id", "young");
        read(1);
        assertThat(found(0, KEYS.capture())).as("pending, and not read").containsExactly("frame:f1", "elsewhere");
    }

    @Test
    void theAgeOfAFrameCountsFromItsCapture() {
        add(Q, ago(1, 0), "frame_id", "f1", "capture_id", ago(30, 0));
        add(Q, ago(1, 1), "frame_id", "f2", "capture_id", ago(2, 0));
        add(KEYS.returned(), ago(25, 0), "frame_id", "f3");
        assertThat(found(0, Q, KEYS.returned())).containsExactly("frame:f1", "frame:f3");
    }

    @Test
    void whatOnlyOthersStillNeedIsNotInFlight() {
        group();
        redis.call("XGROUP", "CREATE", KEYS.capture(), "recorder", "0");
        for (int i = 0; i < 4; i++) {
            add(KEYS.capture(), ago(60, i), "frame_id", "f" + i);
        }
        read(3);
        redis.call("XACK", KEYS.capture(), GROUP, ago(60, 0), ago(60, 1));
        assertThat(found(0, KEYS.capture())).containsExactly("frame:f2", "frame:f3");
        redis.call("XACK", KEYS.capture(), GROUP, ago(60, 2));
        assertThat(found(0, KEYS.capture())).containsExactly("frame:f3");
    }

    @Test
    void onlyWhatCameSinceIsRead() {
        add(Q, ago(60, 0), "frame_id", "before");
        add(Q, ago(30, 0), "frame_id", "since");
        assertThat(found(now - 40_000, Q)).containsExactly("frame:since");
    }

    @Test
    void allAreFoundInSlicesOfManyStreams() {
        List<String> expected = new ArrayList<>();
        for (int i = 0; i < 1_000; i++) {
            String stream = i < 700 ? Q : "frames:ready:r";
            add(stream, ago(60, i), "frame_id", "f" + i);
            expected.add("frame:f" + i);
        }
        redis.call("SET", "frames:ready:text", "no stream");
        assertThat(found(0, "frames:ready:gone", Q, "frames:ready:text", "frames:ready:r"))
                .containsExactlyElementsOf(expected);
    }

    @Test
    void largeFramesMakeSmallSlices() {
        String large = "x".repeat(300_000);
        for (int i = 0; i < 20; i++) {
            add(Q, ago(60, i), "frame_id", "f" + i, "other", large);
        }
        PixelSlice slice = frames.read(redis.connection(), List.of(Q), 0, "");
        assertThat(slice.streams()).isZero();
        assertThat(slice.pixels()).hasSizeBetween(2, 10);
        assertThat(found(0, Q)).hasSize(20);
    }
}
