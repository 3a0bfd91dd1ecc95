package framebuffer.orchestrator.flowcontrol;

import static org.assertj.core.api.Assertions.assertThat;

import framebuffer.orchestrator.flowcontrol.PressureAssessment.PressureSample;
import framebuffer.wire.control.Backpressure;
import framebuffer.wire.control.PressureLevel;
import framebuffer.wire.control.Registration;
import framebuffer.wire.control.ServedFrames;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PressureAssessmentTest {
    private static final Registration FACE_1 = Registration.of("face-1", List.of("face"), 10);
    private static final Registration FACE_2 = Registration.of("face-2", List.of("face"), 10);
    private static final Registration CAR = Registration.of("car-1", List.of("car"), 10);

    private Instant now = Instant.ofEpochSecond(1_000);
    private PressureAssessment assessment = PressureAssessment.of(Backpressure.NONE, now);

    private Backpressure settles(Map<String, Long> outstanding, Map<String, Long> waiting, Registration... there) {
        PressureSample sample = new PressureSample(List.of(there), outstanding, waiting, Map.of(), now);
        for (int i = 0; i < 40; i++) {
            now = now.plusMillis(50);
            sample = new PressureSample(List.of(there), outstanding, waiting, Map.of(), now);
            assessment = assessment.after(sample);
        }
        return assessment.told(sample, false);
    }

    @Test
    void aCapabilityIsAtTheLowestOfItsProcessorsAndTheServiceAtTheHighestOfAll() {
        Backpressure told = settles(Map.of("face-1", 9L, "face-2", 7L, "car-1", 0L), Map.of(), FACE_1, FACE_2, CAR);
        assertThat(told.capabilities()).isEqualTo(Map.of("face", PressureLevel.MODERATE, "car", PressureLevel.NORMAL));
        assertThat(told.level()).isEqualTo(PressureLevel.HIGH);
        assertThat(told.isPaused()).isFalse();
    }

    @Test
    void eachCameraIsToldItsShareOfThoseWhoOfferACapability() {
        PressureSample sample = new PressureSample(List.of(FACE_1), Map.of("face-1", 10L), Map.of("face", 3L),
                Map.of("face", new ServedFrames(5, 5), "gone", new ServedFrames(5, 5)), now);
        Backpressure told = assessment.after(sample).told(sample, false);
        assertThat(told.cameraRates()).isEqualTo(Map.of("face", 0.9));
        assertThat(told.consumptionRate(List.of("face"), 0.5)).as("a slow camera sends all").isEqualTo(1);
    }

    @Test
    void framesThatWaitForOneCapabilityAreNoPressureOnAnother() {
        Backpressure told = settles(Map.of("face-1", 10L, "car-1", 9L), Map.of("face", 3L), FACE_1, CAR);
        assertThat(told.capabilities()).isEqualTo(Map.of("face", PressureLevel.CRITICAL, "car", PressureLevel.HIGH));
        assertThat(told.pausedBy()).isEqualTo("backpressure");
    }

    @Test
    void framesThatWaitForAnyProcessorArePressureOnAll() {
        Backpressure told = settles(Map.of("face-1", 10L, "car-1", 10L), Map.of("", 3L), FACE_1, CAR);
        assertThat(told.capabilities().values()).containsOnly(PressureLevel.CRITICAL);
    }

    @Test
    void oneThatIsGoneOrHasNoQueueIsNoPressure() {
        settles(Map.of("face-1", 10L), Map.of("face", 3L), FACE_1);
        assertThat(settles(Map.of(), Map.of(), CAR).level()).isEqualTo(PressureLevel.NORMAL);
        assertThat(settles(Map.of(), Map.of()).capabilities()).isEmpty();
    }

    @Test
    void whoTakesOverGoesOnWithWhatWasPublished() {
        Backpressure told = settles(Map.of("face-1", 10L), Map.of("face", 3L), FACE_1);
        assessment = PressureAssessment.of(told, now);
        PressureSample sample = new PressureSample(List.of(FACE_1), Map.of("face-1", 10L), Map.of("face", 3L), Map.of(),
                now.plusMillis(50));
        assertThat(assessment.after(sample).told(sample, false).level()).isEqualTo(PressureLevel.CRITICAL);
    }
}
