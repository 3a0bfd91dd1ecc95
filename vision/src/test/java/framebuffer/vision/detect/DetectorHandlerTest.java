package framebuffer.vision.detect;

import static org.assertj.core.api.Assertions.assertThat;

import framebuffer.client.Answer;
import framebuffer.client.WorkFrame;
import framebuffer.wire.EntryId;
import framebuffer.wire.frame.QueuedFrame;
import framebuffer.wire.text.Decoded;
import framebuffer.wire.text.Fields;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class DetectorHandlerTest {
    private final List<String> seen = new ArrayList<>();
    private final DetectorHandler handler = new DetectorHandler(new TamperingDetector(),
            (picture, found) -> seen.add(picture.frame().frame().cameraId() + found.objects().size()));

    @Test
    void whatIsFoundIsTheResult() {
        assertThat(handler.handle(frame(Drawn.plain(0)))).isEqualTo(Answer.processed(
                "{\"objects\":[{\"label\":\"too_dark\",\"score\":1.0,\"box\":[0,0,320,240]}],\"width\":320,\"height\":240}"));
        assertThat(seen).containsExactly("yard1");
    }

    @Test
    void aFrameWhosePixelsAreGoneIsRejected() {
        assertThat(handler.handle(frame(null))).isInstanceOf(Answer.Reject.class);
    }

    @Test
    void aFrameThatIsNoPictureIsRejected() {
        assertThat(handler.handle(frame("text".getBytes(StandardCharsets.UTF_8)))).isInstanceOf(Answer.Reject.class);
        assertThat(seen).isEmpty();
    }

    static WorkFrame frame(byte @Nullable [] pixels) {
        return frame(pixels, "");
    }

    static WorkFrame frame(byte @Nullable [] pixels, String capability) {
        Decoded<QueuedFrame> frame = QueuedFrame.decode(EntryId.parse("1-0"),
                Fields.ofText("frame_id", "f", "camera_id", "yard", "capability", capability));
        return switch (frame) {
            case Decoded.Valid<QueuedFrame>(var queued) -> new WorkFrame(queued, any -> pixels);
            case Decoded.Invalid<QueuedFrame> invalid -> throw new AssertionError(invalid);
        };
    }
}
