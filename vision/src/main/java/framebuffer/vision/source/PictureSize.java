package framebuffer.vision.source;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The largest size of a picture.
 *
 * @param width in pixels, 16 to 16384
 * @param height in pixels, 16 to 16384
 */
public record PictureSize(int width, int height) {
    private static final int SMALLEST = 16;
    private static final int LARGEST = 16384;
    private static final Pattern FORM = Pattern.compile("(\\d{1,5})[xX](\\d{1,5})");

    /**
     * @throws IllegalArgumentException when a side is out of bounds
     */
    public PictureSize {
        if (Math.min(width, height) < SMALLEST || Math.max(width, height) > LARGEST) {
            throw new IllegalArgumentException("each side of a picture must have " + SMALLEST + " to " + LARGEST
                    + " pixels, not " + width + "x" + height);
        }
    }

    /**
     * Parses a size, such as {@code 1280x720}.
     *
     * @throws IllegalArgumentException when it is not a size, or out of bounds
     */
    public static PictureSize parse(String text) {
        Matcher form = FORM.matcher(text);
        if (!form.matches()) {
            throw new IllegalArgumentException("\"" + text + "\" is not a size; write width and height as 1280x720");
        }
        return new PictureSize(Integer.parseInt(form.group(1)), Integer.parseInt(form.group(2)));
    }

    @Override
    public String toString() {
        return width + "x" + height;
    }
}
