package framebuffer.orchestrator.observability.silences;

import static org.assertj.core.api.Assertions.assertThat;

import framebuffer.orchestrator.EmptyRedis;
import framebuffer.orchestrator.observability.alerts.Alert;
import framebuffer.orchestrator.observability.alerts.AlertRule;
import framebuffer.orchestrator.observability.silences.AlertSilences.AlertSilence;
import framebuffer.redis.cluster.Partition;
import framebuffer.wire.Keys;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Two instances, and the silences that they share. */
class AlertSilencesTest {
    @RegisterExtension
    static final EmptyRedis redis = new EmptyRedis();
    private static final Alert OPEN = new Alert(AlertRule.CIRCUIT_OPEN, "face 1", Instant.EPOCH, "is open");

    private final AlertSilences one = instance();
    private final AlertSilences other = instance();

    private static AlertSilences instance() {
        return new AlertSilences(new Partition(0, redis.address(), Keys.DEFAULT), InstantSource.system());
    }

    private boolean isSilent(AlertSilences instance, Alert alert) {
        instance.runOnce(redis.connection());
        return instance.of(alert).isPresent();
    }

    @Test
    void aSilenceHoldsAtAllInstancesAndAfterARestart() {
        AlertSilence silence = one.silence(AlertRule.CIRCUIT_OPEN, "face 1", Duration.ofDays(7), "why").orElseThrow();
        assertThat(isSilent(other, OPEN)).isTrue();
        assertThat(isSilent(instance(), OPEN)).isTrue();
        assertThat(other.lasting()).containsExactly(silence);
        assertThat(other.end(AlertRule.CIRCUIT_OPEN, "face 1")).isTrue();
        assertThat(isSilent(one, OPEN)).isFalse();
    }

    @Test
    void itHoldsForItsRuleAndSubjectOnly() {
        one.silence(AlertRule.CIRCUIT_OPEN, "face 1", Duration.ofHours(1), "");
        assertThat(isSilent(one, new Alert(AlertRule.CIRCUIT_OPEN, "face 2", Instant.EPOCH, ""))).isFalse();
        assertThat(isSilent(one, new Alert(AlertRule.PROCESSOR_DEAF, "face 1", Instant.EPOCH, ""))).isFalse();
        one.silence(AlertRule.CIRCUIT_OPEN, "", Duration.ofHours(1), "");
        assertThat(isSilent(other, new Alert(AlertRule.CIRCUIT_OPEN, "face 2", Instant.EPOCH, ""))).isTrue();
    }

    @Test
    void aSilenceOfARuleThatThisVersionDoesNotKnowIsSkipped() {
        long until = Instant.now().plus(Duration.ofHours(1)).toEpochMilli();
        redis.call("HSET", Keys.DEFAULT.silences(), "Unknown x", until + " 1 why", "CircuitOpen", until + " 1 why");
        assertThat(isSilent(one, OPEN)).isFalse();
        assertThat(one.lasting()).isEmpty();
    }
}
