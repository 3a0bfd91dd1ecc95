package framebuffer.orchestrator.processors.health;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class ListeningPeriodTest {
    private static final Instant NOW = Instant.parse("2026-11-23T12:00:00Z");

    private final ListeningPeriod listening = new ListeningPeriod();

    private boolean begins(Duration after) {
        return listening.observe(NOW.plus(after));
    }

    @Test
    void itBeginsWithTheFirstLookAndGoesOnWithThoseThatFollow() {
        assertThat(begins(Duration.ZERO)).isTrue();
        assertThat(begins(Duration.ofSeconds(3))).isFalse();
        assertThat(begins(Duration.ofSeconds(6))).isFalse();
        assertThat(listening.since()).isEqualTo(NOW);
    }

    @Test
    void afterABreakItBeginsAnew() {
        begins(Duration.ZERO);
        assertThat(begins(Duration.ofMillis(3_001))).isTrue();
        assertThat(listening.since()).isEqualTo(NOW.plusMillis(3_001));
    }

    @Test
    void onANewConnectionAndWhenTheClockIsSetBackItBeginsAnew() {
        begins(Duration.ZERO);
        listening.restart();
        assertThat(begins(Duration.ofSeconds(1))).isTrue();
        assertThat(begins(Duration.ZERO)).isTrue();
        assertThat(listening.since()).isEqualTo(NOW);
    }
}
