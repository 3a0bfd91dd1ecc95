package framebuffer.vision.camera;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ShareTest {
    private final Share share = new Share();

    private List<Boolean> taken(double of, int pictures) {
        return IntStream.range(0, pictures).mapToObj(_ -> share.takes(of)).toList();
    }

    private long count(double of, int pictures) {
        return taken(of, pictures).stream().filter(taken -> taken).count();
    }

    @Test
    void allNoneOrEverySecondOne() {
        assertThat(count(1, 100)).isEqualTo(100);
        assertThat(count(0, 100)).isZero();
        assertThat(taken(0.5, 6)).containsExactly(false, true, false, true, false, true);
        assertThat(count(0.8, 100)).isBetween(79L, 80L);
    }

    @Test
    void whatWasHeldBackIsNotMadeUpFor() {
        count(0.5, 99);
        count(0, 1_000);
        assertThat(count(1, 10)).isEqualTo(10);
    }

    private @Nullable String report(double of, long second) {
        return share.report(of, Instant.EPOCH.plusSeconds(second));
    }

    @Test
    void aReductionThatChangesConstantlyIsReportedWhenItBeginsAndWhenItEnds() {
        assertThat(report(1, 0)).isNull();
        assertThat(report(0.8, 1)).isEqualTo("sends 80 % of its pictures: the service asks for fewer");
        for (int second = 2; second < 120; second++) {
            assertThat(report(second % 3 / 2.0, second)).isNull();
        }
        assertThat(report(1, 180)).isEqualTo("sends all its pictures again");
        assertThat(report(1, 181)).isNull();
    }

    @Test
    void aClockThatWasSetBackDoesNotMakeAReductionLast() {
        report(0.5, 10_000);
        assertThat(report(1, 0)).isEqualTo("sends all its pictures again");
    }
}
