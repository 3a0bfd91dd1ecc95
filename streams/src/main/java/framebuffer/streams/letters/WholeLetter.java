package framebuffer.streams.letters;

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
public record WholeLetter(KeptLetter kept, List<Part> fields) {
    public WholeLetter {
        fields = List.copyOf(fields);
    }

    /**
     * A field of the frame.
     *
     * @param bytes
     *            the length of its value
     * @param text
     *            its value; null when it is longer than {@link DeadLetters#LONGEST_SHOWN} bytes or no text
     */
    public record Part(String name, long bytes, @Nullable String text) {
    }
}
