package framebuffer.trials.chaos.check;

import java.util.Locale;

/**
 * A frame came to an end.
 *
 * @param by
 *            the processor of a result; the reason of the others
 * @param attempt
 *            which attempt that was
 * @param millis
 *            when, from the start of the run, by the clock of Redis
 */
public record FrameEnd(EndType what, String by, int attempt, int millis) {

    /** How. */
    public enum EndType {
        RESULT, DEAD, SHED
    }

    /** For people. */
    @Override
    public String toString() {
        return what.name().toLowerCase(Locale.ROOT) + " (" + by + ", attempt " + attempt + ") at "
                + millis / 1e3 + " s";
    }
}
