package framebuffer.orchestrator.processors.health;

import java.util.stream.LongStream;

/** Seeds of random tests: some fixed ones, and a new one each time. The test's name shows the seed. */
public final class Seeds {
    private Seeds() {
    }

    /** For {@code @MethodSource}. */
    public static LongStream some() {
        return LongStream.concat(LongStream.range(0, 12), LongStream.of(System.nanoTime()));
    }
}
