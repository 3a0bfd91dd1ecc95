package framebuffer.orchestrator.traffic;

import static org.assertj.core.api.Assertions.assertThat;

import framebuffer.wire.Keys;
import java.time.Instant;
import java.time.InstantSource;
import org.junit.jupiter.api.Test;

class CompletionRateTest {
    private static final Instant START = Instant.parse("2026-11-23T12:00:00Z");

    private final CompletionRate rate = new CompletionRate(Keys.DEFAULT, InstantSource.fixed(START));

    private double until(int second, long done) {
        return rate.until(START.plusSeconds(second), done);
    }

    @Test
    void nothingIsKnownBeforeTheFirstNote() {
        assertThat(until(1, 100)).isZero();
    }

    @Test
    void itIsWhatWasDoneSinceTheOldestNoteThatCounts() {
        rate.note(START, 100);
        assertThat(until(2, 120)).isEqualTo(10);
        rate.note(START.plusSeconds(5), 150);
        rate.note(START.plusSeconds(10), 200);
        assertThat(until(12, 220)).isEqualTo(10);
        assertThat(until(16, 260)).as("the first note does not count any more").isEqualTo(10);
        rate.note(START.plusSeconds(16), 150);
        assertThat(until(20, 150)).isZero();
    }

    @Test
    void whatWasNotedTooLongAgoDoesNotCount() {
        rate.note(START, 100);
        assertThat(until(16, 1_000)).isZero();
    }

    @Test
    void aLedgerThatWasEmptiedIsNoNegativeRate() {
        rate.note(START, 100);
        assertThat(until(5, 0)).isZero();
        assertThat(until(0, 200)).as("no time has passed").isZero();
    }
}
