package framebuffer.wire.text;

import java.util.function.IntPredicate;

/**
 * Text from outside, such as an id, as it may appear in a log line or on a terminal: it can neither begin a line of its own nor move the
 * cursor, change a colour, or turn the direction of the text.
 */
public final class Printable {
    private Printable() {
    }

    /** The text in one line, with a question mark for each character that is not printable. */
    public static String line(String text) {
        if (text.codePoints().noneMatch(Printable::isUnsafe)) {
            return text;
        }
        return text.codePoints().map(c -> isUnsafe(c) ? '?' : c)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append).toString();
    }

    /** The same JSON: characters that are not printable are escaped; the layout stays. */
    public static String json(String json) {
        IntPredicate escaped = c -> isUnsafe(c) && c != '\n' && c != '\r' && c != '\t';
        if (json.codePoints().noneMatch(escaped)) {
            return json;
        }
        StringBuilder text = new StringBuilder(json.length() + 16);
        json.codePoints().forEach(c -> {
            if (escaped.test(c)) {
                for (char half : Character.toChars(c)) {
                    text.append(String.format("\\u%04x", (int) half));
                }
            } else {
                text.appendCodePoint(c);
            }
        });
        return text.toString();
    }

    private static boolean isUnsafe(int c) {
        return switch (Character.getType(c)) {
            case Character.CONTROL, Character.FORMAT, Character.LINE_SEPARATOR, Character.PARAGRAPH_SEPARATOR,
                    Character.SURROGATE ->
                true;
            default -> false;
        };
    }
}
