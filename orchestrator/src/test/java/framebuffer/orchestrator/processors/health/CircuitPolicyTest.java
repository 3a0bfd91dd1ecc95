package framebuffer.orchestrator.processors.health;

import static org.assertj.core.api.Assertions.assertThat;

import framebuffer.orchestrator.processors.health.Circuit.Cause;
import framebuffer.orchestrator.processors.health.Circuit.Closed;
import framebuffer.orchestrator.processors.health.Circuit.HalfOpen;
import framebuffer.orchestrator.processors.health.Circuit.Open;
import framebuffer.orchestrator.processors.health.CircuitPolicy.CircuitThresholds;
import framebuffer.orchestrator.processors.health.CircuitPolicy.QueueActivity;
import framebuffer.wire.control.Registration;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class CircuitPolicyTest {
    private static final Instant NOW = Instant.parse("2026-11-23T12:00:00Z");
    private static final Instant LONG_AGO = NOW.minusSeconds(1_000);
    private static final Registration FACE = Registration.of("face-1", List.of("face_detection"), 10);
    private static final QueueActivity IDLE = seen(NOW, null);

    private final CircuitPolicy policy = new CircuitPolicy(CircuitThresholds.DEFAULT);

    private static QueueActivity seen(@Nullable Instant acknowledgedAt, @Nullable Instant owedSince) {
        return new QueueActivity(FACE, LONG_AGO, LONG_AGO, acknowledgedAt, owedSince);
    }

    private static Instant ago(int seconds) {
        return NOW.minusSeconds(seconds);
    }

    private static HalfOpen halfOpen(int successes, boolean failed, Cause cause) {
        return new HalfOpen(ago(10), successes, failed, cause);
    }

    @Test
    void threeFailuresInARowOpenIt() {
        assertThat(policy.next(new Closed(2), IDLE, NOW)).isEqualTo(new Closed(2));
        assertThat(policy.next(new Closed(3), IDLE, NOW)).isEqualTo(new Open(NOW, Cause.FAILURES));
    }

    @Test
    void itStaysOpenForItsTimeAndThenLetsAFewThrough() {
        Open open = new Open(ago(59), Cause.FAILURES);
        assertThat(policy.next(open, IDLE, NOW)).isEqualTo(open);
        assertThat(policy.next(open, IDLE, NOW.plusSeconds(1)))
                .isEqualTo(new HalfOpen(NOW.plusSeconds(1), 0, false, Cause.FAILURES));
    }

    @Test
    void aClockThatIsSetBackDoesNotKeepItOpen() {
        assertThat(policy.next(new Open(NOW.plusSeconds(3_600), Cause.FAILURES), IDLE, NOW))
                .isInstanceOf(HalfOpen.class);
    }

    @Test
    void whoeverRegistersAnewIsTriedAtOnce() {
        QueueActivity anew = new QueueActivity(FACE, ago(1), LONG_AGO, null, null);
        assertThat(policy.next(new Open(ago(2), Cause.FAILURES), anew, NOW)).isInstanceOf(HalfOpen.class);
        assertThat(policy.next(new Open(NOW, Cause.FAILURES), anew, NOW)).isInstanceOf(Open.class);
    }

    @Test
    void threeSuccessesCloseIt() {
        assertThat(policy.next(halfOpen(2, false, Cause.FAILURES), IDLE, NOW)).isInstanceOf(HalfOpen.class);
        assertThat(policy.next(halfOpen(3, false, Cause.FAILURES), IDLE, NOW)).isEqualTo(Circuit.CLOSED);
    }

    @Test
    void oneFailureOpensItAgainForTheSameCause() {
        assertThat(policy.next(halfOpen(9, true, Cause.STALLED), IDLE, NOW)).isEqualTo(new Open(NOW, Cause.STALLED));
        assertThat(policy.next(halfOpen(9, true, Cause.FAILURES), IDLE, NOW))
                .isEqualTo(new Open(NOW, Cause.FAILURES));
    }

    @Test
    void whoHasFramesAndAcknowledgesNoneStalls() {
        assertThat(policy.next(Circuit.CLOSED, seen(ago(40), ago(29)), NOW)).isEqualTo(Circuit.CLOSED);
        assertThat(policy.next(Circuit.CLOSED, seen(ago(29), ago(40)), NOW)).isEqualTo(Circuit.CLOSED);
        assertThat(policy.next(Circuit.CLOSED, seen(ago(40), null), NOW)).isEqualTo(Circuit.CLOSED);
        Open stalled = new Open(NOW, Cause.STALLED);
        assertThat(policy.next(Circuit.CLOSED, seen(ago(40), ago(30)), NOW)).isEqualTo(stalled);
        assertThat(policy.next(Circuit.CLOSED, seen(null, ago(30)), NOW)).isEqualTo(stalled);
    }

    @Test
    void aNewLifeHasAsMuchTimeAsAnyOther() {
        assertThat(policy.next(Circuit.CLOSED, new QueueActivity(FACE, ago(29), LONG_AGO, ago(90), ago(90)), NOW))
                .isEqualTo(Circuit.CLOSED);
    }

    @Test
    void whileNobodyCouldLookNobodyStalled() {
        assertThat(policy.next(Circuit.CLOSED, new QueueActivity(FACE, LONG_AGO, ago(29), ago(90), ago(90)), NOW))
                .isEqualTo(Circuit.CLOSED);
    }

    @Test
    void whoAnnouncesThatFramesTakeLongMayTakeLong() {
        Registration slow = new Registration("slow", List.of("x"), 1, "frames:ready:slow", null, null,
                Duration.ofSeconds(30), 1, Duration.ofSeconds(50), FACE.metadata());
        assertThat(policy.next(Circuit.CLOSED, new QueueActivity(slow, LONG_AGO, LONG_AGO, ago(49), ago(90)), NOW))
                .isEqualTo(Circuit.CLOSED);
        assertThat(policy.next(Circuit.CLOSED, new QueueActivity(slow, LONG_AGO, LONG_AGO, ago(50), ago(90)), NOW))
                .isInstanceOf(Open.class);
    }

    @Test
    void afterAStallOneAcknowledgementIsEnough() {
        assertThat(policy.next(new Open(ago(5), Cause.STALLED), seen(ago(4), ago(9)), NOW)).isEqualTo(Circuit.CLOSED);
        assertThat(policy.next(new Open(ago(5), Cause.FAILURES), seen(ago(4), ago(9)), NOW)).isInstanceOf(Open.class);
        assertThat(policy.next(halfOpen(0, false, Cause.STALLED), seen(ago(4), ago(9)), NOW))
                .isEqualTo(Circuit.CLOSED);
        assertThat(policy.next(halfOpen(1, false, Cause.STALLED), seen(ago(40), ago(9)), NOW))
                .isEqualTo(Circuit.CLOSED);
    }

    @Test
    void probesThatNeverComeBackOpenItAgain() {
        HalfOpen since = new HalfOpen(ago(30), 2, false, Cause.FAILURES);
        assertThat(policy.next(since, seen(ago(40), ago(40)), NOW)).isEqualTo(new Open(NOW, Cause.STALLED));
        assertThat(policy.next(since, seen(ago(29), ago(40)), NOW)).isEqualTo(since);
        assertThat(policy.next(halfOpen(0, false, Cause.FAILURES), seen(ago(40), ago(40)), NOW))
                .isInstanceOf(HalfOpen.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "closed 1", "open 5 failures", "open 1763899200000 stalled", "half-open 5 2 0 stalled",
            "half-open 5 0 1 failures"})
    void itIsReadAsItWasWritten(String text) {
        assertThat(Circuit.parse(text).encode()).isEqualTo(text);
    }

    @ParameterizedTest
    @ValueSource(strings = {"nonsense", "closed", "closed -1", "closed 99999999999", "open", "open 5", "open x stalled",
            "open 5 bored", "half-open 5 stalled", "half-open 5 1 2 stalled", "open 5 1 0 stalled"})
    void whatMakesNoSenseIsClosed(String text) {
        assertThat(Circuit.parse(text)).isEqualTo(Circuit.CLOSED);
    }

    /** A processor with random behaviour, observed every second and counted as the scripts do. */
    @ParameterizedTest
    @MethodSource("framebuffer.orchestrator.processors.health.Seeds#some")
    void whateverHappensItOpensInTimeIsTriedInTimeAndClosesOnlyForCause(long seed) {
        Random random = new Random(seed);
        Circuit circuit = Circuit.CLOSED;
        Instant now = NOW;
        Instant acknowledged = NOW;
        Instant owed = null;
        int lately = 0;
        for (int step = 0; step < 2_000; step++) {
            now = now.plusSeconds(1);
            int what = random.nextInt(12);
            if (random.nextInt(40) == 0) {
                owed = owed == null ? now : null;
            }
            boolean answers = owed != null && what < 3;
            if (answers) {
                acknowledged = now;
                circuit = counted(circuit, what != 0);
            }
            Circuit next = policy.next(circuit, seen(acknowledged, owed), now);
            lately = next.word().equals(circuit.word()) ? lately + 1 : 0;
            if (next instanceof Open) {
                assertThat(lately).as("tried in time").isLessThan(60);
            }
            if (next instanceof Closed closed) {
                assertThat(closed.failures()).as("opens in time").isLessThan(3);
                assertThat(
                        owed == null || acknowledged.plusSeconds(30).isAfter(now) || owed.plusSeconds(30).isAfter(now))
                        .as("a stall is seen").isTrue();
            }
            if (circuit instanceof HalfOpen tried && next instanceof Closed) {
                assertThat(tried.failed()).isFalse();
                assertThat(tried.successes()).isGreaterThanOrEqualTo(tried.cause() == Cause.STALLED ? 0 : 3);
            }
            circuit = next;
            assertThat(policy.next(circuit, seen(acknowledged, owed), now)).as("it settles at once").isEqualTo(circuit);
        }
    }

    private static Circuit counted(Circuit circuit, boolean succeeded) {
        return switch (circuit) {
            case Closed(int failures) -> succeeded ? Circuit.CLOSED : new Closed(failures + 1);
            case Open open -> succeeded && open.cause() == Cause.STALLED ? Circuit.CLOSED : open;
            case HalfOpen(Instant since, int successes, boolean failed, Cause cause) ->
                new HalfOpen(since, successes + (succeeded ? 1 : 0), failed || !succeeded, cause);
        };
    }
}
