package framebuffer.trials.chaos.check;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What a frame of the producer is like, and how it may end. */
public enum FrameNature {
    /** It must be done. */
    PLAIN,
    /** It is worth nothing when it is old: it is done, or shed. */
    HASTY,
    /** It ends each process that processes it. As the next two, it must become a dead letter after all its attempts. */
    EXIT,
    /** Its processing fails. */
    FAIL,
    /** Its processing does not end in time. */
    HANG;

    /** The field of a poisoned frame that says so. */
    public static final String FIELD = "chaos_poison";

    /** Whether nobody can process it. */
    public boolean isPoison() {
        return this == EXIT || this == FAIL || this == HANG;
    }

    /** The value of the field. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** What a frame with this value of the field is; one without it is {@link #PLAIN}. */
    public static FrameNature of(@Nullable String word) {
        return word == null ? PLAIN : valueOf(word.toUpperCase(Locale.ROOT));
    }
}
