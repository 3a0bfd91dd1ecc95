package framebuffer.orchestrator.observability.stats;

import static org.assertj.core.api.Assertions.assertThat;

import framebuffer.orchestrator.observability.stats.FrameRates.CompletionPace;
import framebuffer.orchestrator.observability.stats.FrameRates.CompletionPace.Latency;
import framebuffer.redis.queues.CompletionCounts;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class CompletionPaceTest {
    private static final Instant START = Instant.parse("2026-11-25T12:00:00Z");
    /** The bucket above 10 ms, up to 20 ms. */
    private static final int MS_10_TO_20 = 5;
    private static final int MORE_THAN_A_MINUTE = 16;

    private final CompletionPace pace = new CompletionPace();

    private void note(double second, Map<String, Integer> fields) {
        Map<String, byte[]> bytes = new HashMap<>();
        fields.forEach((field, n) -> bytes.put(field, String.valueOf(n).getBytes(StandardCharsets.US_ASCII)));
        pace.note(START.plusMillis((long) (second * 1_000)), CompletionCounts.of(bytes));
    }

    private void face(double second, int bucket, int frames) {
        note(second, Map.of("face-1 " + bucket, frames));
    }

    @Test
    void nothingIsKnownBeforeTheSecondNote() {
        assertThat(pace.perSecond()).isEmpty();
        assertThat(pace.latency()).isEmpty();
        face(0, MS_10_TO_20, 1_000);
        assertThat(pace.perSecond()).isEmpty();
        assertThat(pace.latency()).isEmpty();
    }

    @Test
    void theRateIsThatOfTheLastTenSeconds() {
        face(0, MS_10_TO_20, 0);
        face(5, MS_10_TO_20, 1_000);
        face(15, MS_10_TO_20, 1_100);
        assertThat(pace.perSecond()).containsExactly(Map.entry("face-1", 10.0));
    }

    @Test
    void aProcessorThatHasJustComeIsCountedFromNothing() {
        note(0, Map.of());
        face(2, MS_10_TO_20, 8);
        assertThat(pace.perSecond()).containsExactly(Map.entry("face-1", 4.0));
    }

    @Test
    void whatProcessorsThatAreGoneHadCompletedCountsForTheTimesOnly() {
        note(0, Map.of());
        note(1, Map.of(" " + MS_10_TO_20, 10));
        assertThat(pace.perSecond()).isEmpty();
        assertThat(pace.latency()).isPresent();
    }

    @Test
    void timesAreEstimatedWithinTheirBucket() {
        face(0, MS_10_TO_20, 500);
        face(1, MS_10_TO_20, 600);
        assertThat(pace.latency()).hasValue(
                new Latency(Duration.ofMillis(15), Duration.ofNanos(19_500_000), Duration.ofNanos(19_900_000)));
    }

    @Test
    void timesAreThoseOfTheLastMinute() {
        face(0, MORE_THAN_A_MINUTE, 0);
        face(1, MORE_THAN_A_MINUTE, 50);
        assertThat(pace.latency().map(Latency::p50)).hasValue(Duration.ofMinutes(1));
        note(62, Map.of("face-1 " + MORE_THAN_A_MINUTE, 50, "face-1 " + MS_10_TO_20, 1));
        note(63, Map.of("face-1 " + MORE_THAN_A_MINUTE, 50, "face-1 " + MS_10_TO_20, 2));
        assertThat(pace.latency().map(Latency::p99)).hasValue(Duration.ofNanos(19_900_000));
    }

    @Test
    void aClockThatIsSetBackBeginsAnew() {
        face(3_600, MS_10_TO_20, 100);
        face(0, MS_10_TO_20, 100);
        face(1, MS_10_TO_20, 101);
        assertThat(pace.perSecond()).containsExactly(Map.entry("face-1", 1.0));
    }
}
