package framebuffer.vision.camera;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class RateMeterTest {
    private static final long SECOND = 1_000_000_000;
    private static final long BEGIN = Math.subtractExact(Long.MAX_VALUE, 7 * SECOND);

    private final RateMeter meter = new RateMeter();

    @Test
    void beforeTheFirstEventTheRateIsZero() {
        assertThat(meter.perSecond(BEGIN)).isZero();
    }

    @Test
    void anEvenRateIsMeasuredAtAnyTimeThoughTheClockOverflows() {
        for (int event = 0; event < 500; event++) {
            meter.add(BEGIN + event * SECOND / 5, 1);
            if (event >= 50) {
                assertThat(meter.perSecond(BEGIN + event * SECOND / 5)).isCloseTo(5, within(0.1));
            }
        }
    }

    @Test
    void whatIsOlderThanTheLastTenSecondsIsForgotten() {
        meter.add(BEGIN, 1000);
        assertThat(meter.perSecond(BEGIN + 9 * SECOND)).isPositive();
        assertThat(meter.perSecond(BEGIN + 11 * SECOND)).isZero();
    }

    @Test
    void theFirstEventsAreNotTakenForAHighRate() {
        meter.add(BEGIN, 3);
        assertThat(meter.perSecond(BEGIN + 1)).isEqualTo(3);
    }
}
