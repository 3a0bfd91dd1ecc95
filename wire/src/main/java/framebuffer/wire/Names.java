package framebuffer.wire;

import java.util.regex.Pattern;

/** The forms of names (contract §5, security): what may become part of a Redis key or a path of the REST API. */
public final class Names {
    /** What an id or a queue name looks like, for messages. */
    public static final String FORM = "must be 1 to 128 of A-Z a-z 0-9 . _ : -";

    private static final Pattern ID = Pattern.compile("[A-Za-z0-9._:-]{1,128}");

    private Names() {
    }

    /** Whether this may be a processor's id or the name of its queue. */
    public static boolean isId(String text) {
        return ID.matcher(text).matches();
    }

    /** Whether this may name a capability: 1 to 128 characters, none of them a control character or surrounding space. */
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

    /** Half of a surrogate pair: JSON can escape one alone, UTF-8 cannot hold it. */
    private static boolean isHalf(int codePoint) {
        return codePoint >= Character.MIN_SURROGATE && codePoint <= Character.MAX_SURROGATE;
    }
}
