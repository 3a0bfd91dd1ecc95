package framebuffer.redis.queues;

import static framebuffer.redis.testing.CaptureStream.KEYS;
import static org.assertj.core.api.Assertions.assertThat;

import framebuffer.redis.Replies;
import framebuffer.redis.StreamEntry;
import framebuffer.redis.handoff.FrameSource;
import framebuffer.redis.handoff.HandOff;
import framebuffer.redis.handoff.Move;
import framebuffer.redis.testing.CaptureStream;
import framebuffer.redis.testing.TestRedis;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class QueueInspectionTest {
    @RegisterExtension
    static final TestRedis redis = new TestRedis();
    private static final String A = "frames:ready:a";

    private ProcessorActivity look() {
        QueueInspector.of(redis.connection(), KEYS).inspect(Map.of(A, "a"), Map.of());
        return Objects.requireNonNull(ProcessorActivity.parse(
                Objects.requireNonNull((byte[]) redis.call("HGET", KEYS.activity(), A))));
    }

    private void giveTo(String group) {
        redis.call("XGROUP", "CREATE", A, group, "0");
        redis.call("XREADGROUP", "GROUP", group, "x", "STREAMS", A, ">");
    }

    /** Makes all recorded times old. */
    private void age() {
        String known = Replies.text(redis.call("HGET", KEYS.activity(), A));
        redis.call("HSET", KEYS.activity(), A, known.replaceFirst("^\\d+ \\d+", "1000 1000"));
    }

    private void take(StreamEntry entry) {
        HandOff handOff = new HandOff(KEYS, CaptureStream.CONSUMER, HandOff.HandOffLimits.DEFAULT);
        handOff.prepare(redis.connection());
        assertThat(handOff.begin(redis.connection(), new HandOff.HandOffBatch(FrameSource.queue(A), Map.of(), null,
                List.of(new Move.ToDeadLetters(entry.id(), entry.id(), "cam",
                        CaptureStream.queued(entry, entry.id())))))
                .await().outcomes()).containsExactly(Move.MoveOutcome.MOVED);
    }

    @Test
    void whatIsTakenAwayIsNoAcknowledgementHoweverManyGroupsWereGivenIt() {
        redis.call("XADD", A, "*", "frame_id", "f1", "camera_id", "cam");
        redis.call("XADD", A, "*", "frame_id", "f2", "camera_id", "cam");
        giveTo("one");
        giveTo("two");
        look();
        age();
        take(redis.entries(A).getFirst());
        assertThat(look().acknowledgedAt()).isEqualTo(Instant.EPOCH.plusSeconds(1));
    }

    @Test
    void whatOneOfThemAcknowledgesIsOne() {
        redis.call("XADD", A, "*", "frame_id", "f1", "camera_id", "cam");
        giveTo("one");
        giveTo("two");
        look();
        age();
        redis.call("XACK", A, "two", redis.entries(A).getFirst().id().toString());
        assertThat(look().acknowledgedAt()).isAfter(Instant.EPOCH.plusSeconds(2));
    }

    private QueueInspection after(@Nullable QueueInspection earlier) {
        return Objects.requireNonNull(QueueInspector.of(redis.connection(), KEYS).inspect(Map.of(A, "a"),
                earlier == null ? Map.of() : Map.of(A, earlier)).get(A));
    }

    @Test
    void whatLiesWhereNothingHasChangedIsNotReadAgain() {
        redis.call("XADD", A, "*", "frame_id", "f1", "camera_id", "cam");
        giveTo("one");
        QueueInspection first = after(null);
        redis.call("CONFIG", "RESETSTAT");
        QueueInspection second = after(first);
        assertThat(redis.calls("xpending")).isZero();
        assertThat(second.groups()).isEqualTo(first.groups());
        redis.call("XACK", A, "one", redis.entries(A).getFirst().id().toString());
        assertThat(after(second).groups().getFirst().pending()).isEmpty();
    }
}
