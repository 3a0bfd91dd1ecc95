package framebuffer.redis.handoff;

import static framebuffer.redis.testing.CaptureStream.CONSUMER;
import static framebuffer.redis.testing.CaptureStream.GROUP;
import static framebuffer.redis.testing.CaptureStream.KEYS;
import static framebuffer.redis.testing.CaptureStream.SOURCE;
import static framebuffer.redis.testing.CaptureStream.to;
import static org.assertj.core.api.Assertions.assertThat;

import framebuffer.redis.StreamEntry;
import framebuffer.redis.frames.LedgerReader;
import framebuffer.redis.queues.AnswerWriter;
import framebuffer.redis.queues.AnswerWriter.AnswerRoute;
import framebuffer.redis.testing.CaptureStream;
import framebuffer.redis.testing.Processing;
import framebuffer.redis.testing.TestRedis;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Our group of the capture stream was destroyed and is created again. */
class OrchestratorGroupTest {
    @RegisterExtension
    static final TestRedis redis = new TestRedis();
    private static final String A = "frames:ready:a";

    private final HandOff handOff = new HandOff(KEYS, CONSUMER, HandOff.HandOffLimits.DEFAULT);
    private final CaptureStream capture = new CaptureStream(redis);

    private void handOff(Map<String, Integer> counts, StreamEntry last, List<Move> moves) {
        handOff.begin(redis.connection(), new HandOff.HandOffBatch(SOURCE, Map.of(A, 1000),
                new HandOff.CapturedFrames(CONSUMER, capture.cursor(CONSUMER), last.id(), counts), moves)).await();
    }

    /** A frame that a processor has acknowledged and deleted does not return to the capture stream. */
    @Test
    void whatVanishedFromAQueueAndIsNotSettledIsNotTakenForCountedInTheStream() {
        handOff.prepare(redis.connection());
        List<StreamEntry> frames = capture.frames(10);
        handOff(Map.of("cam", 10), frames.getLast(),
                frames.subList(0, 6).stream().map(frame -> (Move) to(frame, A)).toList());
        List<StreamEntry> later = capture.frames(5);
        for (StreamEntry entry : new Processing(redis, KEYS,
                new AnswerRoute(A, "g", "a", KEYS.results(), AnswerWriter.RESULTS_KEPT))
                .read(3)) {
            redis.call("XACK", A, "g", entry.id().toString());
            redis.call("XDEL", A, entry.id().toString());
        }
        redis.call("XGROUP", "DESTROY", KEYS.capture(), GROUP);
        assertThat(new OrchestratorGroup(KEYS, SOURCE, () -> Optional.of(List.of(A))).ensure(redis.connection()))
                .isTrue();
        assertThat(capture.cursor(CONSUMER)).as("the last of the four counted entries that still exist")
                .isEqualTo(frames.getLast().id()).isLessThan(later.getFirst().id());
        LedgerReader.LedgerReading reading = LedgerReader.read(redis.connection(), KEYS, GROUP, List.of(A));
        assertThat(reading.removed()).isEqualTo(3);
        assertThat(reading.begun()).isEqualTo(10);
    }
}
