package framebuffer.orchestrator.processors.health;

import static org.assertj.core.api.Assertions.assertThat;

import framebuffer.wire.control.Heartbeat.HealthStatus;
import framebuffer.wire.control.Registration;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class HealthPolicyTest {
    private static final Instant NOW = Instant.parse("2026-11-23T12:00:00Z");
    private static final Registration FACE = Registration.of("face-1", List.of("face_detection"), 10);

    @Test
    void theLeaseIsTwoHeartbeatIntervals() {
        assertThat(HealthPolicy.lease(FACE)).isEqualTo(Duration.ofSeconds(60));
    }

    @Test
    void aProcessorThatJustRegisteredIsHealthy() {
        assertThat(judge(Duration.ZERO, null))
                .isEqualTo(new ProcessorHealth(HealthStatus.HEALTHY, "registered, and within its lease of 60 s"));
    }

    @Test
    void itIsWhatItSaysWithinItsLease() {
        assertThat(judge(Duration.ofSeconds(59), HealthStatus.HEALTHY).status()).isEqualTo(HealthStatus.HEALTHY);
        assertThat(judge(Duration.ofSeconds(59), HealthStatus.DEGRADED).status()).isEqualTo(HealthStatus.DEGRADED);
        assertThat(judge(Duration.ofSeconds(59), HealthStatus.UNHEALTHY).status()).isEqualTo(HealthStatus.UNHEALTHY);
    }

    @Test
    void silenceForTheLeaseOutweighsWords() {
        assertThat(judge(Duration.ofSeconds(60), HealthStatus.HEALTHY))
                .isEqualTo(new ProcessorHealth(HealthStatus.UNHEALTHY, "no sign of life within its lease of 60 s"));
        assertThat(judge(Duration.ofSeconds(60), null).status()).isEqualTo(HealthStatus.UNHEALTHY);
    }

    @Test
    void theLeaseGoesByTheProcessorsOwnInterval() {
        Registration quick = every(Duration.ofMillis(1_250));
        assertThat(
                HealthPolicy.judge(quick, NOW.minusMillis(2_499), HealthStatus.HEALTHY, HealthPoll.NONE, NOW).usable())
                .isTrue();
        assertThat(
                HealthPolicy.judge(quick, NOW.minusMillis(2_500), HealthStatus.HEALTHY, HealthPoll.NONE, NOW).reason())
                .isEqualTo("no sign of life within its lease of 2500 ms");
    }

    @Test
    void aSignOfLifeFromTheFutureIsOneFromNow() {
        assertThat(judge(Duration.ofSeconds(-30), HealthStatus.HEALTHY).usable()).isTrue();
    }

    @Test
    void anEndpointThatDoesNotAnswerOutweighsALeaseThatRuns() {
        assertThat(polled(HealthStatus.HEALTHY, new HealthPoll(HealthPoll.PollOutcome.SILENT, NOW)))
                .isEqualTo(new ProcessorHealth(HealthStatus.UNHEALTHY,
                        "its health endpoint does not answer"));
    }

    @Test
    void anEndpointThatAnswersBadlyDegrades() {
        assertThat(polled(HealthStatus.HEALTHY, new HealthPoll(HealthPoll.PollOutcome.BAD, NOW)))
                .isEqualTo(new ProcessorHealth(HealthStatus.DEGRADED, "its health endpoint answers badly"));
        assertThat(polled(HealthStatus.DEGRADED,
                new HealthPoll(HealthPoll.PollOutcome.DEGRADED, NOW)).status())
                .isEqualTo(HealthStatus.DEGRADED);
        assertThat(polled(HealthStatus.UNHEALTHY, new HealthPoll(HealthPoll.PollOutcome.BAD, NOW))
                .status())
                .isEqualTo(HealthStatus.UNHEALTHY);
    }

    @Test
    void anEndpointThatIsWellOrNotPolledChangesNothing() {
        for (HealthPoll.PollOutcome kind : List.of(HealthPoll.PollOutcome.NONE, HealthPoll.PollOutcome.GOOD,
                HealthPoll.PollOutcome.REFUSED)) {
            assertThat(polled(HealthStatus.HEALTHY, new HealthPoll(kind, null)).status())
                    .isEqualTo(HealthStatus.HEALTHY);
            assertThat(polled(HealthStatus.DEGRADED, new HealthPoll(kind, null)).status())
                    .isEqualTo(HealthStatus.DEGRADED);
        }
    }

    @Test
    void aPollIsReadAsItWasNoted() {
        assertThat(HealthPoll.parse("5 7 bad with status 500"))
                .isEqualTo(new HealthPoll(HealthPoll.PollOutcome.BAD, Instant.ofEpochMilli(7)));
        assertThat(HealthPoll.parse("5 0 none ")).isEqualTo(HealthPoll.NONE);
        assertThat(HealthPoll.parse("5 0 bored x")).isEqualTo(HealthPoll.NONE);
        assertThat(HealthPoll.parse("nonsense")).isEqualTo(HealthPoll.NONE);
    }

    private static ProcessorHealth polled(HealthStatus said, HealthPoll poll) {
        return HealthPolicy.judge(FACE, NOW, said, poll, NOW);
    }

    @Test
    void onlyAnUnhealthyOneMayNotBeSentFrames() {
        assertThat(judge(Duration.ZERO, HealthStatus.DEGRADED).usable()).isTrue();
        assertThat(judge(Duration.ZERO, HealthStatus.UNHEALTHY).usable()).isFalse();
    }

    private static ProcessorHealth judge(Duration silent, @Nullable HealthStatus said) {
        return HealthPolicy.judge(FACE, NOW.minus(silent), said, HealthPoll.NONE, NOW);
    }

    private static Registration every(Duration interval) {
        return new Registration(FACE.id(), FACE.capabilities(), FACE.capacity(), FACE.queue(), null, null, interval, 1,
                null, FACE.metadata());
    }
}
