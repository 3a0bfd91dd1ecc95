package framebuffer.bridge.notifications;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import framebuffer.bridge.notifications.NotificationPolicy.Verdict;
import framebuffer.bridge.results.ResultFilter;
import framebuffer.bridge.testing.Results;
import framebuffer.wire.frame.StoredResult;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class NotificationPolicyTest {
    private static final ZoneId BERLIN = ZoneId.of("Europe/Berlin");
    private static final Instant NOON = Instant.parse("2026-11-30T12:00:00Z");

    private static NotificationRule rule(@Nullable ActivePeriod hours, Duration every) {
        return new NotificationRule("door", new ResultFilter(Set.of("door"), Set.of(), Set.of("person"), 0.5), hours,
                every, null, "t", false);
    }

    private static StoredResult person(Instant at, double score) {
        return Results.of(at, "door", "p", "[{\"label\": \"person\", \"score\": " + score + "}]");
    }

    static LongStream seeds() {
        return LongStream.range(0, 100);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void notificationsAreNeverCloserThanTheRuleSaysAndNoneThatIsDueIsLeftOut(long seed) {
        Random random = new Random(seed);
        Duration every = Duration.ofSeconds(random.nextInt(1, 600));
        NotificationRule rule = rule(null, every);
        List<Instant> sent = new ArrayList<>();
        Instant at = NOON;
        for (int i = 0; i < 200; i++) {
            at = at.plusSeconds(random.nextInt(0, 120));
            double score = random.nextDouble();
            Instant last = sent.isEmpty() ? null : sent.getLast();
            Verdict verdict = NotificationPolicy.decide(rule, person(at, score), last, at);
            boolean due = last == null || !at.isBefore(last.plus(every));
            assertThat(verdict).isInstanceOf(score < 0.5
                    ? Verdict.Unwanted.class
                    : due ? Verdict.Notify.class : Verdict.Quiet.class);
            if (verdict instanceof Verdict.Notify) {
                sent.add(at);
            }
        }
        for (int i = 1; i < sent.size(); i++) {
            assertThat(Duration.between(sent.get(i - 1), sent.get(i))).isGreaterThanOrEqualTo(every);
        }
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void anHourIsWithinExactlyOneOfThePartsOfADay(long seed) {
        Random random = new Random(seed);
        LocalTime from = LocalTime.of(random.nextInt(24), random.nextInt(60));
        LocalTime to = LocalTime.of(random.nextInt(24), random.nextInt(60));
        Instant at = NOON.plusSeconds(random.nextInt(-10_000_000, 10_000_000));
        boolean within = new ActivePeriod(from, to, BERLIN).contains(at);
        assertThat(within).isEqualTo(from.equals(to) || !new ActivePeriod(to, from, BERLIN).contains(at));
    }

    @ParameterizedTest
    @CsvSource({"22:00-06:00, 2026-11-30T20:59:59Z, false", "22:00-06:00, 2026-11-30T21:00:00Z, true",
            "22:00-06:00, 2026-12-01T04:59:59Z, true", "22:00-06:00, 2026-12-01T05:00:00Z, false",
            "22:00-06:00, 2026-07-01T20:00:00Z, true", "8:00-24:00, 2026-11-30T22:59:00Z, true",
            "8:00-24:00, 2026-11-30T23:00:00Z, false"})
    void hoursAreThoseOfTheTimeZoneWithItsSummerTime(String hours, Instant at, boolean within) {
        Verdict verdict = NotificationPolicy.decide(rule(ActivePeriod.parse(hours, BERLIN), Duration.ZERO),
                person(at, 1), null, at);
        assertThat(verdict).isInstanceOf(within ? Verdict.Notify.class : Verdict.Quiet.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"22-6", "25:00-06:00", "22:00", "22:61-06:00", ""})
    void otherFormsOfHoursAreRefused(String text) {
        assertThatThrownBy(() -> ActivePeriod.parse(text, BERLIN)).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("22:00-06:00");
    }

    @Test
    void onlyTheFindingsThatTheRuleNamesAreReported() {
        StoredResult both = Results.of(NOON, "door", "p", "[{\"label\": \"person\"}, {\"label\": \"dog\"}]");
        assertThat(NotificationPolicy.decide(rule(null, Duration.ZERO), both, null, NOON))
                .isInstanceOfSatisfying(Verdict.Notify.class, told -> assertThat(told.findings()).hasSize(1));
    }

    @Test
    void aClockThatWasAheadSilencesNoRule() {
        Instant ahead = NOON.plus(Duration.ofDays(365));
        NotificationRule rule = rule(ActivePeriod.parse("12:00-14:00", BERLIN), Duration.ofMinutes(10));
        assertThat(NotificationPolicy.decide(rule, person(NOON, 1), ahead, NOON)).isInstanceOf(Verdict.Notify.class);
        assertThat(NotificationPolicy.decide(rule, person(ahead, 1), NOON.minusSeconds(600), NOON))
                .as("a result of then counts as of now").isInstanceOf(Verdict.Notify.class);
        assertThat(NotificationPolicy.decide(rule, person(ahead, 1), NOON.minusSeconds(599), NOON))
                .isInstanceOf(Verdict.Quiet.class);
        assertThat(NotificationPolicy.time(person(ahead, 1), NOON)).isEqualTo(NOON);
    }

    @Test
    void theLatestTimeIsNotInTheFuture() {
        Instant before = NOON.minusSeconds(1);
        assertThat(NotificationPolicy.latest(before, NOON, NOON)).isEqualTo(NOON);
        assertThat(NotificationPolicy.latest(NOON, before, NOON)).isEqualTo(NOON);
        assertThat(NotificationPolicy.latest(NOON, before, before)).isEqualTo(before);
        assertThat(NotificationPolicy.latest(before, NOON, before)).isEqualTo(before);
        assertThat(NotificationPolicy.latest(null, NOON, before)).isNull();
    }
}
