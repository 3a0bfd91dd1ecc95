package framebuffer.redis.frames;

import static framebuffer.redis.testing.CaptureStream.CONSUMER;
import static framebuffer.redis.testing.CaptureStream.GROUP;
import static framebuffer.redis.testing.CaptureStream.KEYS;
import static framebuffer.redis.testing.CaptureStream.SOURCE;
import static framebuffer.redis.testing.CaptureStream.to;
import static org.assertj.core.api.Assertions.assertThat;

import framebuffer.redis.StreamEntry;
import framebuffer.redis.frames.LedgerReconciliation.ReconcileDepth;
import framebuffer.redis.handoff.HandOff;
import framebuffer.redis.handoff.Move;
import framebuffer.redis.testing.CaptureStream;
import framebuffer.redis.testing.TestRedis;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** With more frames of several parts than one step may read, lost parts are still found, and lose their frame once. */
class PartsWalkTest {
    @RegisterExtension
    static final TestRedis redis = new TestRedis();
    private static final String A = "frames:ready:a";
    private static final String B = "frames:ready:b";
    private static final Map<String, String> PROCESSORS = Map.of(A, "face-1", B, "ocr-1");
    private static final int FRAMES = 11_000;

    private final HandOff handOff = new HandOff(KEYS, CONSUMER, HandOff.HandOffLimits.DEFAULT);
    private final CaptureStream capture = new CaptureStream(redis);

    @BeforeEach
    void prepare() {
        handOff.prepare(redis.connection());
        handOffToBoth(FRAMES);
    }

    private void handOffToBoth(int frames) {
        for (int left = frames; left > 0; left -= 500) {
            int some = Math.min(left, 500);
            List<StreamEntry> all = capture.frames(some, "cam");
            handOff.begin(redis.connection(),
                    new HandOff.HandOffBatch(SOURCE, Map.of(A, 100_000, B, 100_000),
                            new HandOff.CapturedFrames(CONSUMER, capture.cursor(CONSUMER), all.getLast().id(),
                                    Map.of("cam", some)),
                            all.stream().map(frame -> (Move) to(frame, A, B)).toList()))
                    .await();
        }
    }

    private static boolean settled() {
        return !LedgerReconciliation.settle(redis.connection(),
                new LedgerReconciliation.LedgerScope(KEYS, GROUP, 1000, PROCESSORS), ReconcileDepth.SWEEP).more();
    }

    /** Returns the number of steps. */
    private static int settleAll() {
        int steps = 1;
        while (!settled()) {
            assertThat(steps++).isLessThan(100);
        }
        return steps;
    }

    private static void delete(String queue, int from, int to) {
        redis.entries(queue).subList(from, to).forEach(entry -> redis.call("XDEL", queue, entry.id().toString()));
    }

    private static void holds(long captured, long lost) {
        LedgerReader.LedgerReading reading = LedgerReader.read(redis.connection(), KEYS, GROUP, List.of(A, B));
        assertThat(reading.counts().values().stream().mapToLong(camera -> camera.getOrDefault("captured", 0L)).sum())
                .isEqualTo(captured);
        assertThat(reading.counts().values().stream().mapToLong(camera -> camera.getOrDefault("lost", 0L)).sum())
                .isEqualTo(lost);
        assertThat(reading.underWay()).isEqualTo(reading.begun()).isEqualTo(captured - lost);
    }

    @Test
    void lostPartsLoseTheirFrameOnce() {
        for (String queue : List.of(A, B)) {
            delete(queue, 10_990, 11_000);
            delete(queue, 0, 5);
        }
        assertThat(settleAll()).isGreaterThan(1);
        holds(FRAMES, 15);
        assertThat(redis.hash(KEYS.taken())).doesNotContainKey("walk");
    }

    @Test
    void whatIsLostWhileTheStepsRunIsFoundToo() {
        delete(A, 5_000, 5_010);
        assertThat(settled()).isFalse();
        handOffToBoth(500);
        for (String queue : List.of(B, A)) {
            delete(queue, (int) redis.length(queue) - 3, (int) redis.length(queue));
        }
        settleAll();
        holds(FRAMES + 500, 3);
        redis.call("DEL", A, B);
        settleAll();
        holds(FRAMES + 500, FRAMES + 500);
        assertThat(redis.hash(KEYS.parts())).isEmpty();
    }
}
