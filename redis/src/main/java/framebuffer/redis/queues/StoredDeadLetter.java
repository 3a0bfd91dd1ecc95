package framebuffer.redis.queues;

import framebuffer.wire.EntryId;
import framebuffer.wire.frame.DeadLetter;

/**
 * A dead letter as it is kept.
 *
 * @param id
 *            of its entry
 * @param letter
 *            of its frame only the fields that are short by their nature
 */
public record StoredDeadLetter(EntryId id, DeadLetter letter) {

    /** The frame's id as its producer gave it, readable or not; empty when it gave none. */
    public String frameId() {
        String frameId = letter.frame().text("frame_id");
        return frameId == null ? "" : frameId;
    }

    /** The frame's camera, or {@code unknown}. */
    public String cameraId() {
        return DeadLetter.camera(letter.frame());
    }

    /** The frame's id in the capture stream, as far as is known. */
    EntryId captureId(String captureStream) {
        return DeadLetter.captureId(letter.frame(), letter.source().id(), letter.cameFrom(captureStream));
    }
}
