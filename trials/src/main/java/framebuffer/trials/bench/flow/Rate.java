package framebuffer.trials.bench.flow;

import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * A frame rate.
 *
 * @param fps frames per second; 0: the maximum
 */
record Rate(double fps) {
    static final double MOST = 200_000;

    boolean isMax() {
        return fps == 0;
    }

    /** Parses {@code max}, or a number. */
    static final class Reader implements ITypeConverter<Rate> {
        @Override
        public Rate convert(String text) {
            if (text.equals("max")) {
                return new Rate(0);
            }
            try {
                double fps = Double.parseDouble(text);
                if (fps >= 1 && fps <= MOST) {
                    return new Rate(fps);
                }
            } catch (NumberFormatException e) {
                // Reported below, like a number out of range.
            }
            throw new TypeConversionException("must be max, or from 1 to 200000, not " + text);
        }
    }
}
