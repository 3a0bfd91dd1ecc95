package framebuffer.trials.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import framebuffer.trials.load.Latencies.Percentiles;
import java.time.Duration;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

class LatenciesTest {
    private static final Offset<Double> TO_THREE_DIGITS = within(1.0);

    private static Latencies ofMillis(int from, int to) {
        Latencies latencies = new Latencies();
        for (int millis = from; millis <= to; millis++) {
            latencies.took(Duration.ofMillis(millis).toNanos());
        }
        return latencies;
    }

    @Test
    void percentilesAreInMilliseconds() {
        Percentiles percentiles = ofMillis(1, 1_000).percentiles();
        assertThat(percentiles.count()).isEqualTo(1_000);
        assertThat(percentiles.p50()).isCloseTo(500, TO_THREE_DIGITS);
        assertThat(percentiles.p99()).isCloseTo(990, TO_THREE_DIGITS);
        assertThat(percentiles.p999()).isCloseTo(999, TO_THREE_DIGITS);
        assertThat(percentiles.max()).isCloseTo(1_000, TO_THREE_DIGITS);
    }

    @Test
    void severalCanBeAddedUp() {
        Latencies all = ofMillis(1, 500);
        all.add(ofMillis(501, 1_000));
        assertThat(all.percentiles()).isEqualTo(ofMillis(1, 1_000).percentiles());
    }

    @Test
    void whatWasTooEarlyTookNoTimeAndWhatTookMoreThanAnHourTookAnHour() {
        Latencies latencies = new Latencies();
        latencies.took(-1);
        assertThat(latencies.percentiles().max()).isZero();
        latencies.took(Duration.ofDays(1).toNanos());
        assertThat(latencies.percentiles().max()).isCloseTo(3_600_000, within(3_600.0));
    }

    @Test
    void ofNothingAllIsZero() {
        assertThat(new Latencies().percentiles()).isEqualTo(new Percentiles(0, 0, 0, 0, 0));
    }
}
