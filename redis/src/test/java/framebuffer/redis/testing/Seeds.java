package framebuffer.redis.testing;

import java.util.stream.LongStream;

/** Seeds for random tests: some fixed, and a new one each time. The test's name contains the seed. */
public final class Seeds {
    private Seeds() {
    }

    /** For {@code @MethodSource}. */
    public static LongStream some() {
        return LongStream.concat(LongStream.range(0, 12), LongStream.of(System.nanoTime()));
    }
}
