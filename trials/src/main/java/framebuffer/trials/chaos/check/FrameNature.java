package framebuffer.trials.chaos.check;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The nature of a frame, and its allowed ends. */
public enum FrameNature {
    /** A normal frame, which must be done. */
    PLAIN,
    /** A frame that expires: must be done or shed. */
    HASTY,
    /** A frame that crashes its processor. Like the next two, it must become a dead letter after all its attempts. */
    EXIT,
    /** A frame whose processing fails. */
    FAIL,
    /** A frame whose processing does not end in time. */
    HANG;

    /** The field that marks a poison frame. */
    public static final String FIELD = "chaos_poison";

    /** Whether no processor can process the frame. */
    public boolean isPoison() {
        return this == EXIT || this == FAIL || this == HANG;
    }

    /** The value of the field. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The nature of a frame with this value of the field; without the field: {@link #PLAIN}. */
    public static FrameNature of(@Nullable String word) {
        return word == null ? PLAIN : valueOf(word.toUpperCase(Locale.ROOT));
    }
}
