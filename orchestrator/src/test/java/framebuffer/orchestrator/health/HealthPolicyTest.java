package framebuffer.orchestrator.health;

import static org.assertj.core.api.Assertions.assertThat;

import framebuffer.wire.processor.Heartbeat.Status;
import framebuffer.wire.processor.Registration;
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
                .isEqualTo(new Health(Status.HEALTHY, "registered, and within its lease of 60 s"));
    }

    @Test
    void itIsWhatItSaysWithinItsLease() {
        assertThat(judge(Duration.ofSeconds(59), Status.HEALTHY).status()).isEqualTo(Status.HEALTHY);
        assertThat(judge(Duration.ofSeconds(59), Status.DEGRADED).status()).isEqualTo(Status.DEGRADED);
        assertThat(judge(Duration.ofSeconds(59), Status.UNHEALTHY).status()).isEqualTo(Status.UNHEALTHY);
    }

    @Test
    void silenceForTheLeaseOutweighsWords() {
        assertThat(judge(Duration.ofSeconds(60), Status.HEALTHY))
                .isEqualTo(new Health(Status.UNHEALTHY, "no sign of life within its lease of 60 s"));
        assertThat(judge(Duration.ofSeconds(60), null).status()).isEqualTo(Status.UNHEALTHY);
    }

    @Test
    void theLeaseGoesByTheProcessorsOwnInterval() {
        Registration quick = every(Duration.ofMillis(1_250));
        assertThat(HealthPolicy.judge(quick, NOW.minusMillis(2_499), Status.HEALTHY, Poll.NONE, NOW).usable()).isTrue();
        assertThat(HealthPolicy.judge(quick, NOW.minusMillis(2_500), Status.HEALTHY, Poll.NONE, NOW).reason())
                .isEqualTo("no sign of life within its lease of 2500 ms");
    }

    @Test
    void aSignOfLifeFromTheFutureIsOneFromNow() {
        assertThat(judge(Duration.ofSeconds(-30), Status.HEALTHY).usable()).isTrue();
    }

    @Test
    void anEndpointThatDoesNotAnswerOutweighsALeaseThatRuns() {
        assertThat(polled(Status.HEALTHY, new Poll(Poll.Kind.SILENT, "no connection", NOW)))
                .isEqualTo(new Health(Status.UNHEALTHY, "its health endpoint does not answer: no connection"));
    }

    @Test
    void anEndpointThatAnswersBadlyDegrades() {
        assertThat(polled(Status.HEALTHY, new Poll(Poll.Kind.BAD, "with status 500", NOW)))
                .isEqualTo(new Health(Status.DEGRADED, "its health endpoint answers with status 500"));
        assertThat(polled(Status.DEGRADED, new Poll(Poll.Kind.DEGRADED, "that it is degraded", NOW)).status())
                .isEqualTo(Status.DEGRADED);
        assertThat(polled(Status.UNHEALTHY, new Poll(Poll.Kind.BAD, "with status 500", NOW)).status())
                .isEqualTo(Status.UNHEALTHY);
    }

    @Test
    void anEndpointThatIsWellOrNotPolledChangesNothing() {
        for (Poll.Kind kind : List.of(Poll.Kind.NONE, Poll.Kind.GOOD, Poll.Kind.REFUSED)) {
            assertThat(polled(Status.HEALTHY, new Poll(kind, "", null)).status()).isEqualTo(Status.HEALTHY);
            assertThat(polled(Status.DEGRADED, new Poll(kind, "", null)).status()).isEqualTo(Status.DEGRADED);
        }
    }

    @Test
    void aPollIsReadAsItWasNoted() {
        assertThat(Poll.parse("5 7 bad with status 500"))
                .isEqualTo(new Poll(Poll.Kind.BAD, "with status 500", Instant.ofEpochMilli(7)));
        assertThat(Poll.parse("5 0 none ")).isEqualTo(Poll.NONE);
        assertThat(Poll.parse("5 0 bored x")).isEqualTo(Poll.NONE);
        assertThat(Poll.parse("nonsense")).isEqualTo(Poll.NONE);
    }

    private static Health polled(Status said, Poll poll) {
        return HealthPolicy.judge(FACE, NOW, said, poll, NOW);
    }

    @Test
    void onlyAnUnhealthyOneMayNotBeSentFrames() {
        assertThat(judge(Duration.ZERO, Status.DEGRADED).usable()).isTrue();
        assertThat(judge(Duration.ZERO, Status.UNHEALTHY).usable()).isFalse();
    }

    private static Health judge(Duration silent, @Nullable Status said) {
        return HealthPolicy.judge(FACE, NOW.minus(silent), said, Poll.NONE, NOW);
    }

    private static Registration every(Duration interval) {
        return new Registration(FACE.id(), FACE.capabilities(), FACE.capacity(), FACE.queue(), null, null, interval, 1,
                null, FACE.metadata());
    }
}
