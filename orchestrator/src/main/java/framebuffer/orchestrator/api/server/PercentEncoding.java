package framebuffer.orchestrator.api.server;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Percent-encoded UTF-8 of paths and queries (RFC 3986, section 2.1), without repairs. */
final class PercentEncoding {
    private PercentEncoding() {
    }

    /**
     * Decodes a text; null: it is not valid.
     *
     * @param plusIsSpace as in queries of HTML forms; in a path a plus sign stands for itself
     */
    static @Nullable String decode(String encoded, boolean plusIsSpace) {
        byte[] from = encoded.getBytes(StandardCharsets.UTF_8);
        ByteBuffer bytes = ByteBuffer.allocate(from.length);
        int at = 0;
        while (at < from.length) {
            if (from[at] != '%') {
                bytes.put(plusIsSpace && from[at] == '+' ? (byte) ' ' : from[at]);
                at++;
            } else if (at + 2 < from.length && hex(from[at + 1]) >= 0 && hex(from[at + 2]) >= 0) {
                bytes.put((byte) (hex(from[at + 1]) << 4 | hex(from[at + 2])));
                at += 3;
            } else {
                return null;
            }
        }
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(bytes.flip()).toString();
        } catch (CharacterCodingException e) {
            return null;
        }
    }

    private static int hex(byte digit) {
        return digit < 0 ? -1 : Character.digit(digit, 16);
    }
}
