package framebuffer.wire;

import java.util.regex.Pattern;

/** Valid names (docs/protocol.md 2.1), which may become part of a Redis key or a path of the REST API. */
public final class Names {
    /** The form of an id or a queue name, for messages. */
    public static final String FORM = "must be 1 to 128 of A-Z a-z 0-9 . _ : -";

    private static final Pattern ID = Pattern.compile("[A-Za-z0-9._:-]{1,128}");

    private Names() {
    }

    /** Whether this is a valid id of a processor or name of a queue. */
    public static boolean isId(String text) {
        return ID.matcher(text).matches();
    }

    /** Whether this is a valid capability: 1 to 128 characters, without control characters and surrounding spaces. */
    public static boolean isCapability(String text) {
        return !text.isEmpty() && text.codePointCount(0, text.length()) <= 128 && text.equals(text.strip())
                && !hasUnprintable(text);
    }

    private static boolean hasUnprintable(String text) {
        for (int at = 0; at < text.length(); at += Character.charCount(text.codePointAt(at))) {
            int c = text.codePointAt(at);
            if (Character.isISOControl(c) || isHalf(c)) {
                return true;
            }
        }
        return false;
    }

    /** A lone surrogate: JSON can escape it, UTF-8 cannot represent it. */
    private static boolean isHalf(int codePoint) {
        return codePoint >= Character.MIN_SURROGATE && codePoint <= Character.MAX_SURROGATE;
    }
}
