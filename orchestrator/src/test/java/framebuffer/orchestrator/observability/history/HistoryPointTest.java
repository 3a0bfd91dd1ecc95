package framebuffer.orchestrator.observability.history;

import static org.assertj.core.api.Assertions.assertThat;

import framebuffer.orchestrator.observability.history.HistoryRecord.SampleSum;
import framebuffer.orchestrator.observability.stats.Ledger.LedgerCounts;
import framebuffer.redis.queues.CompletionCounts;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What happened between two records of totals. */
class HistoryPointTest {
    private static final Duration MINUTE = Duration.ofMinutes(1);
    private static final Duration HOUR = Duration.ofHours(1);
    /** Frames within 0.1 s, and within 5 s. */
    private static final int QUICK = 6;
    private static final int SLOW = 11;

    /** The totals after so many minutes. */
    private static HistoryRecord after(int minutes, long quick, long slow) {
        List<Long> buckets = new ArrayList<>(Collections.nCopies(CompletionCounts.BUCKETS, 0L));
        buckets.set(QUICK, quick);
        buckets.set(SLOW, slow);
        return new HistoryRecord(Instant.EPOCH.plus(MINUTE.multipliedBy(minutes)),
                new LedgerCounts(quick + slow + 2L * minutes, quick + slow, Map.of("expired", 2L * minutes), 0, 0),
                buckets, new SampleSum(minutes * 5_000L, minutes), Map.of("face-1", new SampleSum(minutes * 250L,
                        minutes)),
                Map.of("face", new SampleSum(minutes * 500L, minutes)));
    }

    private static List<HistoryRecord> day() {
        // Each minute 60 quick frames, and in the hour from 3:00 also 60 slow ones.
        return IntStream.rangeClosed(0, 1_440)
                .mapToObj(minute -> after(minute, minute * 60L, Math.clamp(minute - 180, 0, 60) * 60L)).toList();
    }

    private static Instant slowest(List<HistoryPoint> points) {
        return points.stream().reduce((one, other) -> p99(one).compareTo(p99(other)) >= 0 ? one : other).orElseThrow()
                .from();
    }

    private static Duration p99(HistoryPoint point) {
        return point.latency().orElseThrow().p99();
    }

    @Test
    void theSlowestHourOfADayIsFound() {
        List<HistoryPoint> hours = HistoryPoint.between(day(), HOUR);
        assertThat(hours).hasSize(24);
        assertThat(slowest(hours)).isEqualTo(Instant.EPOCH.plus(Duration.ofHours(3)));
        assertThat(hours.get(3).counts().done()).isEqualTo(7_200);
        assertThat(hours.get(4).counts().done()).isEqualTo(3_600);
    }

    @Test
    void theFiguresOfAPointAreThoseOfItsTimeOnly() {
        HistoryPoint point = HistoryPoint.between(day(), MINUTE).get(200);
        assertThat(point.counts()).isEqualTo(new LedgerCounts(122, 120, Map.of("expired", 2L), 0, 0));
        assertThat(point.backlog()).isEqualTo(5);
        assertThat(point.processors()).isEqualTo(Map.of("face-1", .25));
        assertThat(point.capabilities()).isEqualTo(Map.of("face", .5));
        assertThat(p99(point)).isBetween(Duration.ofSeconds(2), Duration.ofSeconds(5));
    }

    @Test
    void withoutMostRecordsTheHoursStayTheSame() {
        List<HistoryRecord> thinned = day().stream()
                .filter(record -> record.at().getEpochSecond() % Duration.ofMinutes(15).toSeconds() == 0).toList();
        assertThat(HistoryPoint.between(thinned, HOUR)).isEqualTo(HistoryPoint.between(day(), HOUR));
    }

    @Test
    void aGapIsPartOfOneLongerPoint() {
        List<HistoryPoint> points = HistoryPoint.between(List.of(after(0, 0, 0), after(1, 60, 0), after(95, 120, 0),
                after(96, 180, 0)), MINUTE);
        assertThat(points).extracting(HistoryPoint::to).containsExactly(Instant.EPOCH.plus(MINUTE),
                Instant.EPOCH.plus(MINUTE.multipliedBy(95)), Instant.EPOCH.plus(MINUTE.multipliedBy(96)));
        assertThat(points).extracting(point -> point.counts().done()).containsExactly(60L, 60L, 60L);
    }

    @Test
    void countsThatBeganAnewAreNotNegative() {
        HistoryPoint point = HistoryPoint.between(List.of(after(9, 900, 9), after(10, 3, 0)), MINUTE).getFirst();
        assertThat(point.counts().done()).isZero();
        assertThat(point.latency()).isEqualTo(Optional.empty());
        assertThat(new SampleSum(100, 1).since(new SampleSum(900, 9)).mean()).isEqualTo(.1);
    }

    @Test
    void aRecordSurvivesRedis() {
        HistoryRecord record = after(7, 420, 9);
        assertThat(Objects.requireNonNull(HistoryRecord.decode(record.encode().getBytes(StandardCharsets.UTF_8))))
                .isEqualTo(record);
        for (String foreign : List.of("", "no", "[]", "{}", "{\"at\": 1, \"counts\": [], \"buckets\": [1]}")) {
            assertThat(HistoryRecord.decode(foreign.getBytes(StandardCharsets.UTF_8))).isNull();
        }
    }
}
