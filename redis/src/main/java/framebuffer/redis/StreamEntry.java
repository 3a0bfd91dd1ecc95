package framebuffer.redis;

import framebuffer.wire.EntryId;
import framebuffer.wire.text.Fields;
import org.jspecify.annotations.Nullable;

/**
 * An entry of a stream.
 *
 * @param id its id
 * @param fields null when it is pending but was deleted from the stream: its frame is lost
 */
public record StreamEntry(EntryId id, @Nullable Fields fields) {
}
