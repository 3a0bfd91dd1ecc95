package framebuffer.orchestrator.pipeline.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class EventBurstsTest {
    private final EventBursts bursts = new EventBursts();
    private final List<String> said = new ArrayList<>();

    private static long at(long seconds) {
        return Duration.ofSeconds(seconds).toNanos();
    }

    private boolean happens(String kind, long seconds) {
        bursts.end(at(seconds), said::add);
        return bursts.begins(kind, at(seconds));
    }

    @Test
    void ofManyTheFirstIsReportedAndInTheEndTheirNumber() {
        assertThat(happens("invalid", 0)).isTrue();
        for (int i = 1; i < 20_000; i++) {
            assertThat(happens("invalid", i / 2_000)).isFalse();
        }
        bursts.end(at(18), said::add);
        assertThat(said).isEmpty();
        bursts.end(at(19), said::add);
        bursts.end(at(40), said::add);
        assertThat(said).containsExactly("invalid: 20000 in 9 s, no more since");
    }

    @Test
    void aSingleOneIsReportedOnceAndEachKindForItself() {
        assertThat(happens("invalid", 0)).isTrue();
        assertThat(happens("rejected", 1)).isTrue();
        assertThat(happens("invalid", 11)).isTrue();
        assertThat(said).isEmpty();
    }
}
