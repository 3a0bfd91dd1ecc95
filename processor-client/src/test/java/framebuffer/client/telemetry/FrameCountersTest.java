package framebuffer.client.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class FrameCountersTest {
    private Instant now = Instant.parse("2026-11-23T12:00:00Z");
    private final FrameCounters tally = new FrameCounters(() -> now);

    @Test
    void eachFrameCountsOnce() {
        tally.processed(Duration.ofMillis(10), false);
        tally.processed(Duration.ofMillis(30), true);
        tally.failed();
        tally.returned();
        assertThat(tally.counts()).isEqualTo(new FrameCounters.FrameCounts(2, 1, 1, 20, 2));
    }

    @Test
    void errorsAreForgottenAfterAMinute() {
        tally.failed();
        now = now.plusSeconds(59);
        tally.failed();
        assertThat(tally.counts().errorsLastMinute()).isEqualTo(2);
        now = now.plusSeconds(1);
        assertThat(tally.counts().errorsLastMinute()).isEqualTo(1);
        now = now.plusSeconds(1_000);
        assertThat(tally.counts().errorsLastMinute()).isZero();
    }

    @Test
    void aClockThatIsSetBackForgetsNothing() {
        tally.failed();
        now = now.minusSeconds(30);
        tally.failed();
        assertThat(tally.counts().errorsLastMinute()).isEqualTo(2);
    }
}
