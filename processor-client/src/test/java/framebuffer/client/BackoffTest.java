package framebuffer.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class BackoffTest {

    @Test
    void pausesDoubleUpToFiveSeconds() {
        Backoff backoff = new Backoff(() -> 0);
        assertThat(Stream.generate(backoff::next).limit(8).map(Duration::toMillis)).containsExactly(100L, 200L, 400L,
                800L, 1_600L, 3_200L, 5_000L, 5_000L);
    }

    @Test
    void chanceTakesUpToAHalf() {
        assertThat(new Backoff(() -> 0.5).next()).isEqualTo(Duration.ofMillis(75));
        assertThat(new Backoff(() -> 0.9999).next()).isBetween(Duration.ofMillis(50), Duration.ofMillis(51));
    }
}
