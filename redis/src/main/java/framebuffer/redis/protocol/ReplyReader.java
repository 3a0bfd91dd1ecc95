package framebuffer.redis.protocol;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.exceptions.JedisConnectionException;
import redis.clients.jedis.exceptions.JedisDataException;
import redis.clients.jedis.util.RedisInputStream;

/**
 * Reads replies of RESP 2, and refuses everything else. A length is only a claim: memory is taken for what has arrived, so a wrong length
 * costs no memory.
 */
public final class ReplyReader {
    /** Redis's own limit of a value. */
    private static final long LONGEST = 512L << 20;
    private static final long MOST_ELEMENTS = 1L << 28;
    private static final int DEEPEST = 32;
    private static final int AT_ONCE = 1 << 16;
    private static final int LONGEST_NUMBER = 20;

    private final RedisInputStream in;

    public ReplyReader(RedisInputStream in) {
        this.in = in;
    }

    /**
     * The next reply: {@code byte[]}, {@code Long}, {@code List}, or null. An error within an array is an element.
     *
     * @throws JedisConnectionException when the bytes are no reply, or the connection fails
     */
    public @Nullable Object read() {
        return read(0);
    }

    private @Nullable Object read(int depth) {
        byte kind = in.readByte();
        return switch (kind) {
            case '+' -> in.readLineBytes();
            case ':' -> number();
            case '$' -> text();
            case '*' -> elements(depth + 1);
            case '-' -> new JedisDataException(new String(in.readLineBytes(), StandardCharsets.UTF_8));
            default -> throw invalid();
        };
    }

    private byte @Nullable [] text() {
        long length = length(LONGEST);
        if (length < 0) {
            return null;
        }
        byte[] text = new byte[(int) Math.min(length, AT_ONCE)];
        int read = 0;
        while (read < length) {
            if (read == text.length) {
                text = Arrays.copyOf(text, (int) Math.min(length, 2L * text.length));
            }
            int more = in.read(text, read, text.length - read);
            if (more < 0) {
                throw new JedisConnectionException("the connection was closed within a reply");
            }
            read += more;
        }
        if (in.readByte() != '\r' || in.readByte() != '\n') {
            throw invalid();
        }
        return text;
    }

    private @Nullable List<@Nullable Object> elements(int depth) {
        long length = length(MOST_ELEMENTS);
        if (length < 0) {
            return null;
        }
        if (depth > DEEPEST) {
            throw invalid();
        }
        List<@Nullable Object> elements = new ArrayList<>((int) Math.min(length, AT_ONCE));
        for (long i = 0; i < length; i++) {
            elements.add(read(depth));
        }
        return elements;
    }

    /** −1: none. */
    private long length(long most) {
        long length = number();
        if (length < -1 || length > most) {
            throw invalid();
        }
        return length;
    }

    private Long number() {
        byte first = in.readByte();
        boolean negative = first == '-';
        long value = negative ? 0 : digit(first);
        int digits = 0;
        for (byte next = in.readByte(); next != '\r'; next = in.readByte()) {
            digits++;
            if (digits > LONGEST_NUMBER) {
                throw invalid();
            }
            value = value * 10 + digit(next);
        }
        if (in.readByte() != '\n' || (negative && digits == 0)) {
            throw invalid();
        }
        return negative ? -value : value;
    }

    private static int digit(byte character) {
        if (character < '0' || character > '9') {
            throw invalid();
        }
        return character - '0';
    }

    private static JedisConnectionException invalid() {
        return new JedisConnectionException("what answers there is no Redis, or its answer is corrupt");
    }
}
