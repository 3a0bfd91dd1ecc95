package framebuffer.wire;

import static org.assertj.core.api.Assertions.assertThat;

import framebuffer.wire.text.Decoded;
import framebuffer.wire.text.Decoded.Invalid;
import framebuffer.wire.text.Fields;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;

/** Random malformed bytes from a seed. */
public final class Noise {
    private static final List<String> NASTY = List.of("", "\0", "99999999999999999999999", "-1", "1e999999999", "NaN",
            "\u0665", "\uFFFD", "\\ud800", "\"\\ud800\"", "\"", "{", "}", "[", "{}", "{\"a\":1,\"a\":2}", "null", ",",
            ":", "-", "T", "\u00b2", "true", "\uFEFF", " ", "\n", "9".repeat(2_000), "[".repeat(3_000),
            "{\"a\":".repeat(3_000), "\uD83D\uDCF7");

    private final RandomGenerator random;

    public Noise(long seed) {
        random = new SplittableRandom(seed);
    }

    public RandomGenerator random() {
        return random;
    }

    /** Random Unicode characters without lone surrogates. */
    public String text(int most) {
        StringBuilder text = new StringBuilder();
        for (int i = random.nextInt(most + 1); i > 0; i--) {
            int c = random.nextInt(3) == 0 ? random.nextInt(0x110000) : random.nextInt(0x20, 0x7F);
            text.appendCodePoint(c >= 0xD800 && c < 0xE000 ? '?' : c);
        }
        return text.toString();
    }

    public byte[] bytes(int most) {
        byte[] bytes = new byte[random.nextInt(most + 1)];
        random.nextBytes(bytes);
        return bytes;
    }

    /** A field name that we do not use. */
    public byte[] name() {
        byte[] name = bytes(30);
        return name.length == 0 ? name : Arrays.copyOf(name, name.length + 31);
    }

    public Fields fields() {
        Fields.Writer fields = new Fields.Writer(20);
        for (int i = random.nextInt(10); i > 0; i--) {
            fields.put(random.nextBoolean() ? bytes(10) : Golden.utf8("frame_id"), bytes(100));
        }
        return fields.fields();
    }

    /** A copy of the fields with some changed, dropped or repeated. */
    public Fields mutated(Fields fields) {
        Fields.Writer mutated = new Fields.Writer(60);
        int target = random.nextInt(fields.size());
        for (int i = 0; i < fields.size(); i++) {
            boolean hit = i == target || random.nextInt(10) == 0;
            if (!hit || random.nextInt(8) == 0) {
                mutated.put(fields.name(i), fields.value(i));
            }
            if (hit && random.nextInt(8) != 0) {
                mutated.put(fields.name(i), mutated(fields.value(i)));
            }
        }
        return mutated.fields();
    }

    /** A copy of the bytes with a malformed part. */
    public byte[] mutated(byte[] bytes) {
        byte[] nasty = random.nextInt(3) == 0
                ? bytes(4)
                : Golden.utf8(NASTY.get(random.nextInt(NASTY.size())));
        int from = random.nextInt(bytes.length + 1);
        int to = random.nextInt(from, bytes.length + 1);
        if (random.nextInt(3) == 0) {
            return nasty;
        }
        byte[] result = Arrays.copyOf(bytes, from + nasty.length + bytes.length - to);
        System.arraycopy(nasty, 0, result, from, nasty.length);
        System.arraycopy(bytes, to, result, from + nasty.length, bytes.length - to);
        return result;
    }

    /** Asserts that a refusal gives its reason in one short line. */
    public void check(Decoded<?> decoded) {
        if (decoded instanceof Invalid<?> invalid) {
            assertThat(invalid.problems()).isNotEmpty();
            assertThat(invalid.problems()).allSatisfy(problem -> {
                assertThat(problem.field()).isNotEmpty();
                assertThat(problem.reason()).isNotEmpty().hasSizeLessThan(300).doesNotContain("\n", "\0");
            });
        }
    }
}
