package framebuffer.orchestrator.pipeline.deadletters;

import static org.assertj.core.api.Assertions.assertThat;

import framebuffer.orchestrator.pipeline.intake.Arrival.PendingFrame;
import framebuffer.orchestrator.pipeline.intake.Arrival.TerminalArrival;
import framebuffer.redis.handoff.FrameSource;
import framebuffer.wire.EntryId;
import framebuffer.wire.control.Registration;
import framebuffer.wire.frame.Frame;
import framebuffer.wire.frame.FrameCodec;
import framebuffer.wire.text.Decoded;
import framebuffer.wire.text.Fields;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** How long a frame waits for a processor with its capability. */
class UnroutableFramesTest {
    private static final Instant START = Instant.parse("2026-11-23T12:00:00Z");
    private static final List<Registration> NOBODY = List.of();
    private static final List<Registration> CAR = List.of(Registration.of("car-1", List.of("car"), 1));

    private final UnroutableFrames unroutable = new UnroutableFrames(Duration.ofSeconds(60));

    private static PendingFrame pending(Instant readAt, String... needs) {
        Decoded<Frame> decoded = FrameCodec.decode(EntryId.FIRST, Fields.ofText("frame_id", "f", "camera_id", "c"));
        if (decoded instanceof Decoded.Valid<Frame>(Frame frame)) {
            return new PendingFrame(frame, new FrameSource("s", "g", FrameSource.SourceKind.CAPTURE), new EntryId(1, 0),
                    new EntryId(1, 0),
                    List.of(needs), 1, readAt, null, null, false, false, null, readAt, 0);
        }
        throw new AssertionError(decoded);
    }

    private @Nullable TerminalArrival at(int second, PendingFrame pending) {
        unroutable.begin();
        return unroutable.givenUp(pending, START.plusSeconds(second));
    }

    @Test
    void aFrameThatWasHereBeforeItsCapabilityWentWaitsFromThenOn() {
        PendingFrame old = pending(START.minusSeconds(3_600), "face");
        unroutable.available(NOBODY, true);
        assertThat(at(0, old)).isNull();
        assertThat(at(59, old)).isNull();
        assertThat(at(60, old)).isNotNull();
    }

    @Test
    void aFrameThatCameLaterWaitsFromItsComingOn() {
        unroutable.available(NOBODY, true);
        PendingFrame old = pending(START, "face");
        assertThat(at(0, old)).isNull();
        PendingFrame late = pending(START.plusSeconds(30), "face");
        assertThat(at(60, old)).isNotNull();
        assertThat(unroutable.givenUp(late, START.plusSeconds(89))).isNull();
        assertThat(unroutable.givenUp(late, START.plusSeconds(90))).isNotNull();
    }

    @Test
    void aProcessorThatComesAndGoesEndsTheWait() {
        PendingFrame frame = pending(START, "car");
        unroutable.available(NOBODY, true);
        assertThat(at(0, frame)).isNull();
        unroutable.available(CAR, true);
        assertThat(at(59, frame)).isNull();
        unroutable.available(NOBODY, true);
        assertThat(at(61, frame)).isNull();
        assertThat(at(120, frame)).isNull();
        assertThat(at(121, frame)).isNotNull();
    }

    @Test
    void onlyWhatIsMissingIsSaid() {
        unroutable.available(CAR, true);
        PendingFrame frame = pending(START, "car", "face", "age");
        assertThat(at(0, frame)).isNull();
        TerminalArrival terminal = Objects.requireNonNull(at(60, frame));
        assertThat(terminal.detail()).contains("face, age").doesNotContain("car");
        assertThat(terminal.reason()).isEqualTo("no_processor");
    }

    @Test
    void whoNeedsNothingInParticularNeedsAnybody() {
        PendingFrame frame = pending(START);
        unroutable.available(CAR, true);
        assertThat(at(0, frame)).isNull();
        assertThat(at(1_000, frame)).isNull();
        unroutable.available(NOBODY, true);
        assertThat(at(1_000, frame)).isNull();
        assertThat(at(1_060, frame)).isNotNull();
    }

    @Test
    void asLongAsItIsNotKnownWhoIsThereNobodyIsMissing() {
        PendingFrame frame = pending(START, "face");
        unroutable.available(NOBODY, false);
        assertThat(at(0, frame)).isNull();
        assertThat(at(1_000, frame)).isNull();
        unroutable.available(NOBODY, true);
        assertThat(at(1_000, frame)).isNull();
        assertThat(at(1_060, frame)).isNotNull();
    }
}
