package framebuffer.redis.queues;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A dead letter with all fields of its frame.
 *
 * @param kept
 *            the letter
 * @param fields
 *            in order; those that make it a dead letter are not among them
 */
public record FullDeadLetter(StoredDeadLetter kept, List<FieldContent> fields) {
    public FullDeadLetter {
        fields = List.copyOf(fields);
    }

    /**
     * A field of the frame.
     *
     * @param bytes
     *            the length of its value
     * @param text
     *            its value; null when it is longer than {@link DeadLetterStore#LONGEST_SHOWN} bytes or no text
     */
    public record FieldContent(String name, long bytes, @Nullable String text) {
    }
}
