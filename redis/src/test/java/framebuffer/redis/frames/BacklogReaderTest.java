package framebuffer.redis.frames;

import static framebuffer.redis.testing.CaptureStream.GROUP;
import static framebuffer.redis.testing.CaptureStream.KEYS;
import static framebuffer.redis.testing.CaptureStream.SOURCE;
import static framebuffer.redis.testing.CaptureStream.to;
import static org.assertj.core.api.Assertions.assertThat;

import framebuffer.redis.StreamEntry;
import framebuffer.redis.frames.BacklogReader.CaptureBacklog;
import framebuffer.redis.frames.BacklogReader.QueueBacklog;
import framebuffer.redis.handoff.HandOff;
import framebuffer.redis.handoff.Move;
import framebuffer.redis.testing.CaptureStream;
import framebuffer.redis.testing.TestRedis;
import framebuffer.wire.text.Fields;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class BacklogReaderTest {
    @RegisterExtension
    static final TestRedis redis = new TestRedis();
    private static final String A = "frames:ready:a";

    private final CaptureStream capture = new CaptureStream(redis);

    private static CaptureBacklog captured() {
        return BacklogReader.read(redis.connection(), KEYS, GROUP, List.of()).capture();
    }

    private static QueueBacklog queue(String queue) {
        return Objects.requireNonNull(
                BacklogReader.read(redis.connection(), KEYS, GROUP, List.of(queue)).queues().get(queue));
    }

    private static void add(int frames) {
        IntStream.range(0, frames)
                .forEach(i -> redis.add(KEYS.capture(), Fields.ofText("frame_id", "u" + i, "camera_id", "cam")));
    }

    private static void handOff(List<StreamEntry> frames) {
        HandOff handOff = new HandOff(KEYS, CaptureStream.CONSUMER, HandOff.HandOffLimits.DEFAULT);
        handOff.prepare(redis.connection());
        handOff.begin(redis.connection(), new HandOff.HandOffBatch(SOURCE, Map.of(A, 100), null,
                frames.stream().map(frame -> (Move) to(frame, A)).toList())).await();
    }

    @Test
    void nothingWaitsWhereNothingIs() {
        assertThat(captured()).isEqualTo(new CaptureBacklog(0, 0, 0, Duration.ZERO));
        assertThat(queue(A)).isEqualTo(new QueueBacklog(0, 0, -1));
        assertThat(queue(A).isThere()).isFalse();
    }

    @Test
    void beforeOurGroupIsThereAllIsUnread() {
        add(3);
        assertThat(captured()).returns(3L, CaptureBacklog::length).returns(3L, CaptureBacklog::unread).returns(0L,
                CaptureBacklog::pending);
    }

    @Test
    void whatIsReadAndWhatIsNotIsBacklogUntilItIsHandedOff() {
        List<StreamEntry> frames = capture.frames(5);
        add(3);
        assertThat(captured()).returns(5L, CaptureBacklog::pending).returns(3L, CaptureBacklog::unread).returns(8L,
                CaptureBacklog::backlog);
        handOff(frames.subList(0, 4));
        assertThat(captured()).returns(1L, CaptureBacklog::pending).returns(3L, CaptureBacklog::unread).returns(4L,
                CaptureBacklog::backlog);
    }

    @Test
    void whatWasTrimmedBeforeItWasReadIsNoBacklog() {
        handOff(capture.frames(2));
        add(10);
        redis.call("XTRIM", KEYS.capture(), "MAXLEN", 4);
        assertThat(captured()).returns(4L, CaptureBacklog::unread).returns(4L, CaptureBacklog::backlog);
        handOff(capture.frames(1).subList(0, 1));
        add(2);
        assertThat(captured()).returns(redis.length(KEYS.capture()), CaptureBacklog::backlog);
    }

    @Test
    void whatWasTrimmedAfterItWasReadHidesNothing() {
        capture.frames(5);
        add(4);
        redis.call("XTRIM", KEYS.capture(), "MAXLEN", 6);
        assertThat(captured()).returns(5L, CaptureBacklog::pending).returns(4L, CaptureBacklog::unread);
    }

    @Test
    void whatOnlyOthersStillNeedIsNoBacklog() {
        List<StreamEntry> frames = capture.frames(5);
        redis.call("XGROUP", "CREATE", KEYS.capture(), "recorder", "0");
        handOff(frames);
        add(2);
        assertThat(captured()).returns(7L, CaptureBacklog::length).returns(2L, CaptureBacklog::backlog);
    }

    @Test
    void theOldestIsThatOfAllThatWait() {
        redis.call("XADD", KEYS.capture(), "1000-0", "frame_id", "ancient");
        assertThat(captured().oldest()).isGreaterThan(Duration.ofDays(10_000));
        capture.frames(1);
        assertThat(captured().oldest()).as("it is pending now").isGreaterThan(Duration.ofDays(10_000));
        redis.call("XACK", KEYS.capture(), GROUP, "1000-0");
        redis.call("XDEL", KEYS.capture(), "1000-0");
        add(1);
        assertThat(captured().oldest()).isLessThan(Duration.ofDays(1));
    }

    @Test
    void aFrameThatWasTrimmedAwayIsNotTheOldest() {
        redis.call("XADD", KEYS.capture(), "1000-0", "frame_id", "ancient");
        capture.frames(1);
        capture.frames(1);
        redis.call("XDEL", KEYS.capture(), "1000-0");
        assertThat(captured().oldest()).isLessThan(Duration.ofDays(1));
    }

    @Test
    void aQueueTellsWhatIsThereWhatIsReadAndWhatIsOwed() {
        handOff(capture.frames(4));
        assertThat(queue(A)).isEqualTo(new QueueBacklog(4, 0, 4));
        redis.call("XGROUP", "CREATE", A, "g", "0");
        redis.call("XREADGROUP", "GROUP", "g", "me", "COUNT", 3, "STREAMS", A, ">");
        assertThat(queue(A)).isEqualTo(new QueueBacklog(4, 3, 4));
        redis.call("XACK", A, "g", redis.entries(A).getFirst().id().toString());
        assertThat(queue(A)).isEqualTo(new QueueBacklog(4, 2, 3));
    }

    @Test
    void aQueueWithSeveralGroupsOwesWhatAnyOfThemNeeds() {
        handOff(capture.frames(4));
        redis.call("XGROUP", "CREATE", A, "g", "$");
        redis.call("XGROUP", "CREATE", A, "h", "0");
        redis.call("XREADGROUP", "GROUP", "h", "me", "COUNT", 1, "STREAMS", A, ">");
        assertThat(queue(A)).isEqualTo(new QueueBacklog(4, 1, 4));
    }

    @Test
    void aKeyThatIsNoStreamIsNoQueue() {
        redis.call("SET", A, "in the way");
        assertThat(queue(A).isThere()).isFalse();
    }
}
