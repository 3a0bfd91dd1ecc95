package framebuffer.trials.chaos.check;

import java.util.Locale;

/**
 * The end of a frame.
 *
 * @param by the processor of a result, or the reason of another end
 * @param attempt number of the attempt
 * @param millis time from the start of the run, by Redis's clock
 */
public record FrameEnd(EndType what, String by, int attempt, int millis) {

    /** The kind of end. */
    public enum EndType {
        RESULT, DEAD, SHED
    }

    /** The end as text. */
    @Override
    public String toString() {
        return what.name().toLowerCase(Locale.ROOT) + " (" + by + ", attempt " + attempt + ") at "
                + millis / 1e3 + " s";
    }
}
