package framebuffer.orchestrator.observability.stats;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;

class FrameRatesTest {
    private static final Instant START = Instant.parse("2026-11-23T12:00:00Z");

    private final FrameRates rates = new FrameRates();

    private double until(int second, long done) {
        return rates.completed(START.plusSeconds(second), done);
    }

    private void note(int second, long done) {
        rates.note(START.plusSeconds(second), done, Map.of("yard", 2 * done));
    }

    @Test
    void nothingIsKnownBeforeTheFirstNote() {
        assertThat(until(1, 100)).isZero();
    }

    @Test
    void itIsWhatWasDoneSinceTheOldestNoteThatCounts() {
        note(0, 100);
        assertThat(until(2, 120)).isEqualTo(10);
        note(5, 150);
        note(10, 200);
        assertThat(until(12, 220)).isEqualTo(10);
        assertThat(until(16, 260)).as("the first sample no longer counts").isEqualTo(10);
        note(16, 150);
        assertThat(until(20, 150)).isZero();
    }

    @Test
    void eachCameraHasItsOwnRateOfCapture() {
        note(0, 100);
        assertThat(rates.captured(START.plusSeconds(2), "yard", 250)).isEqualTo(25);
        assertThat(rates.captured(START.plusSeconds(2), "new one", 10)).isEqualTo(5);
    }

    @Test
    void whatWasNotedTooLongAgoDoesNotCount() {
        note(0, 100);
        assertThat(until(16, 1_000)).isZero();
    }

    @Test
    void aLedgerThatWasEmptiedIsNoNegativeRate() {
        note(0, 100);
        assertThat(until(5, 0)).isZero();
        assertThat(until(0, 200)).as("no time has passed").isZero();
    }
}
