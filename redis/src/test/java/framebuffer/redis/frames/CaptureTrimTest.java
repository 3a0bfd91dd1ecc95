package framebuffer.redis.frames;

import static org.assertj.core.api.Assertions.assertThat;

import framebuffer.redis.StreamEntry;
import framebuffer.redis.testing.CaptureStream;
import framebuffer.redis.testing.TestRedis;
import framebuffer.wire.EntryId;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class CaptureTrimTest {
    @RegisterExtension
    static final TestRedis redis = new TestRedis();
    private static final String CAPTURE = CaptureStream.KEYS.capture();
    private static final String OURS = CaptureStream.GROUP;

    private final CaptureStream capture = new CaptureStream(redis);

    private int trim() {
        return CaptureTrim.trim(redis.connection(), CAPTURE, OURS, List.of());
    }

    private void read(String group) {
        redis.call("XREADGROUP", "GROUP", group, "me", "STREAMS", CAPTURE, ">");
    }

    private void acknowledge(String group, List<StreamEntry> frames) {
        frames.forEach(frame -> redis.call("XACK", CAPTURE, group, frame.id().toString()));
    }

    private List<EntryId> left() {
        return redis.entries(CAPTURE).stream().map(StreamEntry::id).toList();
    }

    @Test
    void nothingIsRemovedThatAGroupHasNotReadOrNotAcknowledged() {
        List<StreamEntry> frames = capture.frames(10);
        redis.call("XGROUP", "CREATE", CAPTURE, "recorder", "0");
        acknowledge(OURS, frames);
        assertThat(trim()).as("the recorder has read none").isZero();
        read("recorder");
        assertThat(trim()).as("it has acknowledged none").isZero();
        acknowledge("recorder", frames.subList(0, 4));
        acknowledge("recorder", frames.subList(6, 10));
        assertThat(trim()).isEqualTo(4);
        assertThat(left()).isEqualTo(frames.subList(4, 10).stream().map(StreamEntry::id).toList());
    }

    @Test
    void whatWaitsWithUsStays() {
        List<StreamEntry> frames = capture.frames(10);
        redis.call("XGROUP", "CREATE", CAPTURE, "recorder", "0");
        read("recorder");
        acknowledge("recorder", frames);
        acknowledge(OURS, frames.subList(0, 3));
        assertThat(trim()).isEqualTo(3);
    }

    /** Creates our group at the beginning of the stream, at the first start and after it has vanished. */
    @Test
    void withoutOurGroupNothingIsRemovedForWeHaveYetToReadIt() {
        List<StreamEntry> frames = capture.frames(10);
        redis.call("XGROUP", "CREATE", CAPTURE, "recorder", "0");
        read("recorder");
        acknowledge("recorder", frames);
        redis.call("XGROUP", "DESTROY", CAPTURE, OURS);
        assertThat(trim()).isZero();
        assertThat(left()).hasSize(10);
    }

    @Test
    void withoutAGroupOrAStreamNothingIsRemoved() {
        assertThat(trim()).isZero();
        redis.call("XADD", CAPTURE, "*", "f", "v");
        assertThat(trim()).isZero();
        redis.call("DEL", CAPTURE);
        redis.call("SET", CAPTURE, "no stream");
        assertThat(trim()).isZero();
    }

    @Test
    void idsAreComparedAsNumbers() {
        capture.frames(0);
        redis.call("XGROUP", "CREATE", CAPTURE, "recorder", "0");
        for (String id : List.of("9-9", "9-10", "10-1", "100-0")) {
            redis.call("XADD", CAPTURE, id, "f", "v");
        }
        read(OURS);
        read("recorder");
        List<StreamEntry> entries = redis.entries(CAPTURE);
        acknowledge(OURS, entries.subList(0, 3));
        acknowledge("recorder", entries.subList(0, 1));
        assertThat(trim()).isEqualTo(1);
        acknowledge("recorder", entries.subList(1, 3));
        assertThat(trim()).isEqualTo(2);
        assertThat(left()).containsExactly(new EntryId(100, 0));
    }

    @Test
    void whatAllHaveReadIsNotKept() {
        List<StreamEntry> frames = capture.frames(10);
        redis.call("XGROUP", "CREATE", CAPTURE, "recorder", "0");
        read("recorder");
        acknowledge("recorder", frames);
        acknowledge(OURS, frames);
        assertThat(trim()).isEqualTo(10);
        assertThat(left()).isEmpty();
    }

    @Test
    void anAbandonedGroupHoldsNothingBack() {
        List<StreamEntry> frames = capture.frames(10);
        redis.call("XGROUP", "CREATE", CAPTURE, "recorder", "0");
        acknowledge(OURS, frames.subList(0, 8));
        assertThat(trim()).isZero();
        assertThat(CaptureTrim.trim(redis.connection(), CAPTURE, OURS, List.of("recorder"))).isEqualTo(8);
    }

    @Test
    void aGroupThatIsCreatedLaterGetsWhatIsStillThere() {
        List<StreamEntry> frames = capture.frames(10);
        acknowledge(OURS, frames.subList(0, 4));
        trim();
        redis.call("XGROUP", "CREATE", CAPTURE, "late", "0");
        read("late");
        assertThat(trim()).isZero();
        acknowledge("late", frames.subList(4, 10));
        acknowledge(OURS, frames.subList(4, 10));
        assertThat(trim()).isEqualTo(6);
    }

    @Test
    void whatBothHaveDoneLeavesAlsoWhereAnOlderFrameWaits() {
        List<StreamEntry> frames = capture.frames(3_001);
        redis.call("XGROUP", "CREATE", CAPTURE, "recorder", "0");
        read("recorder");
        acknowledge("recorder", frames);
        acknowledge(OURS, frames.subList(1, 3_001));
        assertThat(trim()).isZero();
        int removed = 0;
        CaptureTrim.TrimResult step = new CaptureTrim.TrimResult(0, CaptureTrim.START);
        do {
            step = CaptureTrim.behind(redis.connection(), CAPTURE, OURS, List.of(), step.next());
            removed += step.removed();
        } while (!step.next().equals(CaptureTrim.START));
        assertThat(removed).isEqualTo(3_000);
        assertThat(left()).containsExactly(frames.getFirst().id());
    }

    @Test
    void behindAnOlderFrameNothingLeavesThatSomebodyNeeds() {
        List<StreamEntry> frames = capture.frames(10);
        redis.call("XGROUP", "CREATE", CAPTURE, "recorder", "0");
        read("recorder");
        acknowledge("recorder", frames.subList(0, 6));
        acknowledge(OURS, frames.subList(3, 9));
        assertThat(CaptureTrim.behind(redis.connection(), CAPTURE, OURS, List.of(), CaptureTrim.START).removed())
                .isEqualTo(3);
        assertThat(left()).isEqualTo(List.of(0, 1, 2, 6, 7, 8, 9).stream().map(i -> frames.get(i).id()).toList());
    }
}
