package framebuffer.bridge.testing;

import framebuffer.wire.EntryId;
import framebuffer.wire.frame.StoredResult;
import framebuffer.wire.text.Decoded;
import framebuffer.wire.text.Fields;
import java.time.Instant;

/** Results as processors write them. */
public final class Results {
    private Results() {
    }

    /** A successful result. */
    public static StoredResult of(Instant at, String camera, String capability, String json) {
        Fields fields = Fields.ofText("frame_id", "f", "camera_id", camera, "capability", capability, "status",
                "success", "result", json);
        return switch (StoredResult.decode(new EntryId(at.toEpochMilli(), 0), fields)) {
            case Decoded.Valid<StoredResult>(StoredResult valid) -> valid;
            case Decoded.Invalid<StoredResult> invalid -> throw new AssertionError(invalid.detail());
        };
    }
}
