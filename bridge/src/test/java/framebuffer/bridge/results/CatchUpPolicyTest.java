package framebuffer.bridge.results;

import static org.assertj.core.api.Assertions.assertThat;

import framebuffer.wire.EntryId;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class CatchUpPolicyTest {
    private static final Instant NOW = Instant.ofEpochSecond(10_000);
    private static final CatchUpPolicy MINUTE = new CatchUpPolicy(Duration.ofMinutes(1), 10);

    private static List<EntryId> aged(int... seconds) {
        return IntStream.of(seconds).mapToObj(age -> new EntryId(NOW.minusSeconds(age).toEpochMilli(), 0)).toList();
    }

    @Test
    void whatIsFreshAndFewIsSent() {
        assertThat(MINUTE.skipped(aged(60, 30, 0), 3, NOW)).isZero();
    }

    @Test
    void whatIsTooOldIsSkipped() {
        assertThat(MINUTE.skipped(aged(62, 61, 30), 3, NOW)).isEqualTo(2);
    }

    @Test
    void theOldestOfTooManyAreSkipped() {
        assertThat(MINUTE.skipped(aged(3, 2, 1), 12, NOW)).isEqualTo(2);
        assertThat(MINUTE.skipped(aged(3, 2, 1), 1_000, NOW)).isEqualTo(3);
    }

    static LongStream seeds() {
        return LongStream.range(0, 100);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void neverMoreThanTheBatchAndNothingFreshWhileFewWait(long seed) {
        Random random = new Random(seed);
        int[] ages = random.ints(5, 0, 120).boxed().sorted(Comparator.reverseOrder()).mapToInt(age -> age).toArray();
        int waiting = random.nextInt(5, 30);
        int skipped = MINUTE.skipped(aged(ages), waiting, NOW);
        int old = (int) IntStream.of(ages).filter(age -> age > 60).count();
        assertThat(skipped).isBetween(old, 5);
        if (waiting <= MINUTE.most()) {
            assertThat(skipped).isEqualTo(old);
        }
    }
}
