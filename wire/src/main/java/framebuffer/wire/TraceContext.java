package framebuffer.wire;

import com.fasterxml.jackson.databind.JsonNode;
import framebuffer.wire.text.Json;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * A position in a trace, in the form of W3C Trace Context (<a href="https://www.w3.org/TR/trace-context/">level 1</a>).
 *
 * @param traceId 32 lower-case hex digits, not all zero
 * @param spanId 16 lower-case hex digits, not all zero
 * @param flags 0–255; bit 0: the trace is sampled
 */
public record TraceContext(String traceId, String spanId, int flags) {
    private static final HexFormat HEX = HexFormat.of();

    private static final String[] FLAGS = IntStream.range(0, 256).mapToObj(flags -> HEX.toHexDigits((byte) flags))
            .toArray(String[]::new);

    /**
     * @throws IllegalArgumentException when an id or the flags are malformed
     */
    public TraceContext {
        if (!isId(traceId, 32) || !isId(spanId, 16) || flags < 0 || flags > 255) {
            throw new IllegalArgumentException("no trace context: " + traceId + ' ' + spanId + ' ' + flags);
        }
    }

    /** Parses a {@code traceparent} header; null if malformed, because a tracing fault must not fail a frame. */
    public static @Nullable TraceContext parse(String header) {
        if (header.length() < 55 || header.charAt(2) != '-' || header.charAt(35) != '-' || header.charAt(52) != '-'
                || !isHex(header, 0, 2) || header.startsWith("ff") || !isHex(header, 53, 55)) {
            return null;
        }
        boolean version00 = header.startsWith("00");
        if (version00 ? header.length() != 55 : header.length() > 55 && header.charAt(55) != '-') {
            return null;
        }
        return of(header.substring(3, 35), header.substring(36, 52), HexFormat.fromHexDigits(header, 53, 55));
    }

    /** Parses a header from bytes. Fast path: nearly all frames use version 00, where only the ids become strings. */
    public static @Nullable TraceContext parse(byte[] header) {
        boolean version00 = header.length == 55 && header[0] == '0' && header[1] == '0' && header[2] == '-'
                && header[35] == '-' && header[52] == '-';
        if (!version00) {
            return parse(new String(header, StandardCharsets.ISO_8859_1));
        }
        int high = hex(header[53]);
        int low = hex(header[54]);
        return high < 0 || low < 0
                ? null
                : of(new String(header, 3, 32, StandardCharsets.ISO_8859_1),
                        new String(header, 36, 16, StandardCharsets.ISO_8859_1), 16 * high + low);
    }

    private static int hex(byte digit) {
        return digit >= '0' && digit <= '9' ? digit - '0' : digit >= 'a' && digit <= 'f' ? digit - 'a' + 10 : -1;
    }

    /** Parses {@code {"trace_id": …, "span_id": …, "trace_flags": "01"}}; null if malformed, empty or not JSON. */
    public static @Nullable TraceContext parseJson(byte[] json) {
        JsonNode node = Json.object(json);
        if (node == null) {
            return null;
        }
        int flags = flags(node.path("trace_flags"));
        return flags < 0 ? null : of(node.path("trace_id").asText(), node.path("span_id").asText(), flags);
    }

    /** Flags as hex digits, as a number, or missing; -1 if malformed. */
    private static int flags(JsonNode node) {
        if (node.isMissingNode() || node.isNull()) {
            return 0;
        }
        if (node.isInt()) {
            return node.intValue() > 255 ? -1 : node.intValue();
        }
        String text = node.asText();
        boolean hex = node.isTextual() && (text.length() == 1 || text.length() == 2) && isHex(text, 0, text.length());
        return hex ? HexFormat.fromHexDigits(text) : -1;
    }

    /** A new trace with random ids, not sampled. */
    public static TraceContext random() {
        ThreadLocalRandom random = ThreadLocalRandom.current();
        return new TraceContext(HEX.toHexDigits(nonZero(random)) + HEX.toHexDigits(random.nextLong()),
                HEX.toHexDigits(nonZero(random)), 0);
    }

    /** A new child span of this one. */
    public TraceContext child() {
        return new TraceContext(traceId, HEX.toHexDigits(nonZero(ThreadLocalRandom.current())), flags);
    }

    /** Whether the producer requested recording. */
    public boolean sampled() {
        return (flags & 1) != 0;
    }

    /** {@link #traceparent}, in bytes. */
    public byte[] traceparentBytes() {
        return bytes("00-", traceId, "-", spanId, "-", FLAGS[flags]);
    }

    /** {@link #json}, in bytes. */
    public byte[] jsonBytes() {
        return bytes("{\"trace_id\":\"", traceId, "\",\"span_id\":\"", spanId, "\",\"trace_flags\":\"", FLAGS[flags],
                "\"}");
    }

    /** Joins ASCII texts. Hand-written, because every hand-off writes both forms. */
    private static byte[] bytes(String... parts) {
        int length = 0;
        for (String part : parts) {
            length += part.length();
        }
        byte[] bytes = new byte[length];
        int at = 0;
        for (String part : parts) {
            for (int i = 0; i < part.length(); i++) {
                bytes[at++] = (byte) part.charAt(i);
            }
        }
        return bytes;
    }

    /** The {@code traceparent} header. */
    public String traceparent() {
        return new String(traceparentBytes(), StandardCharsets.US_ASCII);
    }

    /** The {@code trace_context} field. */
    public String json() {
        return new String(jsonBytes(), StandardCharsets.US_ASCII);
    }

    private static @Nullable TraceContext of(String traceId, String spanId, int flags) {
        return isId(traceId, 32) && isId(spanId, 16) ? new TraceContext(traceId, spanId, flags) : null;
    }

    private static boolean isId(String text, int length) {
        if (text.length() != length || !isHex(text, 0, length)) {
            return false;
        }
        for (int i = 0; i < length; i++) {
            if (text.charAt(i) != '0') {
                return true;
            }
        }
        return false;
    }

    private static boolean isHex(String text, int from, int to) {
        for (int i = from; i < to; i++) {
            char c = text.charAt(i);
            if ((c < '0' || c > '9') && (c < 'a' || c > 'f')) {
                return false;
            }
        }
        return true;
    }

    private static long nonZero(ThreadLocalRandom random) {
        long id = random.nextLong();
        return id == 0 ? 1 : id;
    }
}
