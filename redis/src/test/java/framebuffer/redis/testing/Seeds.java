package framebuffer.redis.testing;

import java.util.stream.LongStream;

/** Where random tests begin: always the same places, and a new one each time. The seed is in the test's name. */
public final class Seeds {
    private Seeds() {
    }

    /** For {@code @MethodSource}. */
    public static LongStream some() {
        return LongStream.concat(LongStream.range(0, 12), LongStream.of(System.nanoTime()));
    }
}
