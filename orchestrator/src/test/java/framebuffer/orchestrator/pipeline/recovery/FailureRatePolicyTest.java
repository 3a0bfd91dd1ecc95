package framebuffer.orchestrator.pipeline.recovery;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A flood: most frames of a capability fail, and more than a few. */
class FailureRatePolicyTest {
    private static final Instant START = Instant.parse("2026-11-23T12:00:00Z");

    @ParameterizedTest
    @CsvSource({"0, 0, false", "19, 0, false", "20, 0, true", "20, 39, true", "20, 40, false", "1000, 1999, true",
            "1000, 2000, false"})
    void itIsOneFromTwentyOnIfThatIsMoreThanHalf(long verdicts, long begun, boolean flood) {
        assertThat(FailureRatePolicy.isFlood(new MinuteCounts(verdicts, begun))).isEqualTo(flood);
    }

    private record Event(Instant at, boolean verdict) {
    }

    /** The counts equal those of a list of all events, in random order. The repetition is the seed. */
    @RepeatedTest(50)
    void ofTheLastMinuteEverythingIsCountedAndNothingElse(RepetitionInfo seed) {
        Random random = new Random(seed.getCurrentRepetition());
        SlidingCounts tally = new SlidingCounts();
        List<Event> events = new ArrayList<>();
        Instant now = START;
        for (int i = 0; i < 1_000; i++) {
            now = now.plusMillis(random.nextInt(20) == 0 ? random.nextInt(200_000) : random.nextInt(3_000));
            boolean verdict = random.nextBoolean();
            events.add(new Event(now, verdict));
            if (verdict) {
                tally.verdict(now);
            } else {
                tally.begun(now);
            }
            MinuteCounts seen = tally.lastMinute(now);
            assertThat(seen.verdicts()).as("%d", i).isEqualTo(count(events, true, now));
            assertThat(seen.begun()).as("%d", i).isEqualTo(count(events, false, now));
        }
    }

    private static long count(List<Event> events, boolean verdict, Instant now) {
        long current = now.getEpochSecond() / SlidingCounts.STEP.toSeconds();
        return events.stream().filter(event -> event.verdict() == verdict
                && event.at().getEpochSecond() / SlidingCounts.STEP.toSeconds() > current - 12).count();
    }

    @Test
    void aClockThatIsSetBackLosesNothing() {
        SlidingCounts tally = new SlidingCounts();
        tally.verdict(START);
        tally.verdict(START.minusSeconds(100));
        assertThat(tally.lastMinute(START.minusSeconds(50)).verdicts()).isEqualTo(2);
        assertThat(tally.lastMinute(START.minusSeconds(30))).isEqualTo(MinuteCounts.QUIET);
        assertThat(tally.lastMinute(START.plusSeconds(1_000))).isEqualTo(MinuteCounts.QUIET);
    }

    @Test
    void aFloodBeginsAndEndsForItsCapabilityAlone() {
        FailureRateMonitor watch = new FailureRateMonitor();
        for (int i = 1; i < FailureRatePolicy.LEAST; i++) {
            assertThat(watch.fails("face", START)).isFalse();
        }
        assertThat(watch.fails("face", START)).isTrue();
        assertThat(watch.fails("car", START)).isFalse();
        assertThat(watch.alert().orElseThrow()).contains("face").doesNotContain("car");
        for (int i = 0; i < 100; i++) {
            watch.begun("face", START.plusSeconds(2));
        }
        watch.tick(START.plusSeconds(2));
        assertThat(watch.alert()).isEmpty();
    }

    @Test
    void aFloodIsOverWhenNothingFailsForAMinute() {
        FailureRateMonitor watch = new FailureRateMonitor();
        for (int i = 0; i < FailureRatePolicy.LEAST; i++) {
            watch.fails("", START);
        }
        assertThat(watch.alert().orElseThrow()).contains("any processor");
        watch.tick(START.plusSeconds(50));
        assertThat(watch.alert()).isPresent();
        watch.tick(START.plus(Duration.ofSeconds(66)));
        assertThat(watch.alert()).isEmpty();
    }

    @Test
    void ofTooManyCapabilitiesThoseThatAreQuietAreForgotten() {
        FailureRateMonitor watch = new FailureRateMonitor();
        for (int i = 0; i < 2 * FailureRateMonitor.CAPABILITIES; i++) {
            watch.begun("c" + i, START);
        }
        for (int i = 0; i < FailureRatePolicy.LEAST; i++) {
            assertThat(watch.fails("one more", START)).isFalse();
        }
        Instant later = START.plusSeconds(100);
        for (int i = 1; i < FailureRatePolicy.LEAST; i++) {
            watch.fails("one more", later);
        }
        assertThat(watch.fails("one more", later)).isTrue();
    }
}
