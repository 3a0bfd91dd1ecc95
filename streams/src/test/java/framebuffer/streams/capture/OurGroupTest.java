package framebuffer.streams.capture;

import static framebuffer.streams.testing.CaptureStream.CONSUMER;
import static framebuffer.streams.testing.CaptureStream.GROUP;
import static framebuffer.streams.testing.CaptureStream.KEYS;
import static framebuffer.streams.testing.CaptureStream.SOURCE;
import static framebuffer.streams.testing.CaptureStream.to;
import static org.assertj.core.api.Assertions.assertThat;

import framebuffer.streams.Entry;
import framebuffer.streams.figures.LedgerReader;
import framebuffer.streams.handoff.HandOff;
import framebuffer.streams.handoff.Move;
import framebuffer.streams.testing.CaptureStream;
import framebuffer.streams.testing.Processing;
import framebuffer.streams.testing.TestRedis;
import framebuffer.streams.work.Answers;
import framebuffer.streams.work.Answers.Post;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Our group of the capture stream was destroyed, and is made anew. */
class OurGroupTest {
    @RegisterExtension
    static final TestRedis redis = new TestRedis();
    private static final String A = "frames:ready:a";

    private final HandOff handOff = new HandOff(KEYS, CONSUMER, HandOff.Limits.DEFAULT);
    private final CaptureStream capture = new CaptureStream(redis);

    private void handOff(Map<String, Integer> counts, Entry last, List<Move> moves) {
        handOff.begin(redis.connection(), new HandOff.Batch(SOURCE, Map.of(A, 1000),
                new HandOff.Captured(CONSUMER, capture.cursor(CONSUMER), last.id(), counts), moves)).await();
    }

    /** What a processor has acknowledged and deleted is not in the capture stream again. */
    @Test
    void whatVanishedFromAQueueAndIsNotSettledIsNotTakenForCountedInTheStream() {
        handOff.prepare(redis.connection());
        List<Entry> frames = capture.frames(10);
        handOff(Map.of("cam", 10), frames.getLast(),
                frames.subList(0, 6).stream().map(frame -> (Move) to(frame, A)).toList());
        List<Entry> later = capture.frames(5);
        for (Entry entry : new Processing(redis, KEYS, new Post(A, "g", "a", KEYS.results(), Answers.RESULTS_KEPT))
                .read(3)) {
            redis.call("XACK", A, "g", entry.id().toString());
            redis.call("XDEL", A, entry.id().toString());
        }
        redis.call("XGROUP", "DESTROY", KEYS.capture(), GROUP);
        assertThat(new OurGroup(KEYS, SOURCE, () -> Optional.of(List.of(A))).ensure(redis.connection())).isTrue();
        assertThat(capture.cursor(CONSUMER)).as("the last of the four that were counted and are still here")
                .isEqualTo(frames.getLast().id()).isLessThan(later.getFirst().id());
        LedgerReader.Reading reading = LedgerReader.read(redis.connection(), KEYS, GROUP, List.of(A));
        assertThat(reading.removed()).isEqualTo(3);
        assertThat(reading.begun()).isEqualTo(10);
    }
}
