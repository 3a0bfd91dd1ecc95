package framebuffer.wire.text;

import framebuffer.wire.text.Decoded.FieldProblem;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Parses values one by one and collects all problems, so that a producer learns of all its mistakes at once. */
public final class FieldReader {
    /** Maximum length of a value in a problem, in characters. */
    private static final int SHOWN = 60;

    /** Maximum length of a name. */
    private static final int MAX_CHARACTERS = 256;

    /** Maximum number of problems kept, because they become part of a dead letter. */
    private static final int MAX_PROBLEMS = 32;

    private final List<FieldProblem> problems = new ArrayList<>(0);

    /** The problems so far. */
    public List<FieldProblem> problems() {
        return problems;
    }

    public void problem(String field, String reason) {
        if (problems.size() < MAX_PROBLEMS) {
            problems.add(new FieldProblem(field, reason));
        }
    }

    /** Text of 1 to 256 characters; a problem and an empty text if missing or invalid. */
    public String required(String field, byte @Nullable [] value) {
        if (value == null) {
            problem(field, "is missing");
            return "";
        }
        String text = text(field, value);
        if (text != null && (text.isEmpty() || text.codePointCount(0, text.length()) > MAX_CHARACTERS)) {
            problem(field, "must have 1 to 256 characters");
        }
        return text == null ? "" : text;
    }

    /** Text of at most 256 characters; null if missing, and with a problem if invalid. */
    public @Nullable String optional(String field, byte @Nullable [] value) {
        String text = value == null ? null : text(field, value);
        if (text != null && text.codePointCount(0, text.length()) > MAX_CHARACTERS) {
            problem(field, "must have at most 256 characters");
            return null;
        }
        return text;
    }

    /** The value as text; null and a problem if it is not UTF-8. */
    public @Nullable String text(String field, byte[] value) {
        String fast = new String(value, StandardCharsets.UTF_8);
        if (fast.indexOf('\uFFFD') < 0) {
            return fast;
        }
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(value)).toString();
        } catch (CharacterCodingException e) {
            problem(field, "is not UTF-8");
            return null;
        }
    }

    /** An integer within bounds; {@code absent} if missing or invalid. */
    public long integer(String field, byte @Nullable [] value, IntegerRange range, long absent) {
        if (value == null) {
            return absent;
        }
        long plain = plain(value);
        if (plain >= range.least && plain <= range.most && plain >= 0) {
            return plain;
        }
        // Read as Latin-1, so that only 0 to 9 count as digits.
        String text = new String(value, StandardCharsets.ISO_8859_1);
        try {
            long number = Long.parseLong(text);
            if (number >= range.least && number <= range.most) {
                return number;
            }
        } catch (NumberFormatException e) {
            // Reported below, like a number out of range.
        }
        problem(field, "must be an integer " + range + ", not " + shown(new String(value, StandardCharsets.UTF_8)));
        return absent;
    }

    /** Fast path for one to eighteen digits; -1: another form. */
    private static long plain(byte[] value) {
        if (value.length == 0 || value.length > 18) {
            return -1;
        }
        long number = 0;
        for (byte digit : value) {
            if (digit < '0' || digit > '9') {
                return -1;
            }
            number = number * 10 + digit - '0';
        }
        return number;
    }

    /** A time; null if missing or invalid. */
    public @Nullable Instant moment(String field, byte @Nullable [] value) {
        if (value == null) {
            return null;
        }
        String text = new String(value, StandardCharsets.UTF_8);
        Instant moment = Timestamps.parse(text);
        if (moment == null) {
            problem(field, "must be ISO 8601 or epoch seconds or milliseconds, not " + shown(text));
        }
        return moment;
    }

    public static String shown(String text) {
        String beginning = text.codePoints().limit(SHOWN)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append).toString();
        return '"' + Printable.line(beginning) + (text.codePointCount(0, text.length()) > SHOWN ? "…" : "") + '"';
    }

    /** The bounds of an integer, both included. */
    public record IntegerRange(long least, long most) {
        public static final IntegerRange NOT_NEGATIVE = new IntegerRange(0, Long.MAX_VALUE);
        public static final IntegerRange POSITIVE = new IntegerRange(1, Long.MAX_VALUE);

        @Override
        public String toString() {
            return most == Long.MAX_VALUE ? "of at least " + least : "from " + least + " to " + most;
        }
    }
}
