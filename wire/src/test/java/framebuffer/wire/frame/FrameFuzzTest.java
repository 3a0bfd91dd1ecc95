package framebuffer.wire.frame;

import static framebuffer.wire.Golden.valid;
import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;
import framebuffer.wire.EntryId;
import framebuffer.wire.Noise;
import framebuffer.wire.TraceContext;
import framebuffer.wire.frame.QueuedFrame.HandOffNote;
import framebuffer.wire.text.Decoded;
import framebuffer.wire.text.Fields;
import java.nio.charset.StandardCharsets;
import java.time.Instant;

class FrameFuzzTest {
    private static final String[] NAMES = {"frame_id", "camera_id", "timestamp", "priority", "metadata", "ttl_ms",
            "expires_at", "traceparent", "trace_context", "detection_type", "width", "format"};

    @FuzzTest(maxDuration = "50s")
    void anyFrameIsReadAndHandedOffOrRefused(FuzzedDataProvider data) {
        Fields.Writer fields = new Fields.Writer(30).put("frame_id", "f").put("camera_id", "c");
        for (int i = data.consumeInt(0, 8); i > 0; i--) {
            fields.put(data.pickValue(NAMES).getBytes(StandardCharsets.UTF_8),
                    data.consumeBytes(data.consumeInt(0, 500)));
        }
        EntryId id = new EntryId(data.consumeLong(), data.consumeLong());
        Decoded<Frame> decoded = FrameCodec.decode(id, fields.fields());
        new Noise(0).check(decoded);
        if (decoded instanceof Decoded.Valid<Frame>(Frame frame)) {
            HandOffNote note = new HandOffNote("a", 1, id, Instant.EPOCH, TraceContext.random());
            QueuedFrame queued = valid(QueuedFrame.decode(id, QueuedFrame.encode(frame, note)));
            assertThat(queued.frame().capabilities()).isEqualTo(frame.capabilities());
            assertThat(queued.captureId()).isEqualTo(id);
        }
    }
}
