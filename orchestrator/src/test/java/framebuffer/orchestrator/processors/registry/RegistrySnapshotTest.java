package framebuffer.orchestrator.processors.registry;

import static org.assertj.core.api.Assertions.assertThat;

import framebuffer.orchestrator.processors.health.RegisteredProcessor;
import framebuffer.wire.control.Heartbeat;
import framebuffer.wire.control.Registration;
import java.time.Instant;
import java.util.List;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class RegistrySnapshotTest {
    private static final Instant NOW = Instant.parse("2026-11-23T12:00:00Z");
    private static final Registration FACE = Registration.of("face-1", List.of("face_detection"), 10);
    private static final Registration CAR = Registration.of("car-1", List.of("vehicle_detection"), 10);

    @Test
    void healthyAndDegradedProcessorsAreAvailable() {
        RegisteredProcessor degraded = registered(FACE).heard(said(FACE, Heartbeat.HealthStatus.DEGRADED), NOW);
        RegisteredProcessor unhealthy = registered(CAR).heard(said(CAR, Heartbeat.HealthStatus.UNHEALTHY), NOW);
        RegistrySnapshot there = snapshot(degraded, unhealthy);
        assertThat(there.available()).containsExactly(FACE.withCapacity(5));
        assertThat(there.atPresent(degraded)).isEqualTo(FACE.withCapacity(5));
        assertThat(there.atPresent(unhealthy)).isEqualTo(CAR);
        assertThat(there.cutOff()).containsExactly("car-1");
    }

    @Test
    void theListOfTheAvailableStaysTheSameObjectAsLongAsNothingChanges() {
        RegistrySnapshot before = snapshot(registered(FACE));
        RegistrySnapshot after = snapshot(registered(FACE).heard(said(FACE, Heartbeat.HealthStatus.HEALTHY),
                NOW.plusSeconds(1))).after(before);
        assertThat(after.available()).isSameAs(before.available());
        assertThat(after.sameAs(before)).isTrue();
        assertThat(after.processor("face-1").orElseThrow().lastSeen()).isEqualTo(NOW.plusSeconds(1));
    }

    @Test
    void aChangeOfRegistrationStatusOrDepartedIsAChange() {
        RegistrySnapshot before = snapshot(registered(FACE));
        assertThat(before.sameAs(snapshot(registered(FACE), registered(CAR)))).isFalse();
        assertThat(before.sameAs(snapshot(registered(Registration.of("face-1", List.of("other"), 10))))).isFalse();
        assertThat(before.sameAs(snapshot(registered(FACE).heard(said(FACE, Heartbeat.HealthStatus.DEGRADED), NOW))))
                .isFalse();
        assertThat(RegistrySnapshot.EMPTY.sameAs(RegistrySnapshot.of(new TreeMap<>(), List.of(CAR), 3))).isFalse();
    }

    @Test
    void theNextLeaseToEndIsThatOfTheLongestSilent() {
        assertThat(RegistrySnapshot.EMPTY.nextLeaseEnd()).isEmpty();
        assertThat(snapshot(registered(FACE), RegisteredProcessor.registered(CAR, null, NOW.minusSeconds(20)))
                .nextLeaseEnd())
                .contains(NOW.plusSeconds(40));
    }

    private static RegistrySnapshot snapshot(RegisteredProcessor... processors) {
        TreeMap<String, RegisteredProcessor> all = new TreeMap<>();
        for (RegisteredProcessor processor : processors) {
            all.put(processor.registration().id(), processor);
        }
        return RegistrySnapshot.of(all, List.of(), 3);
    }

    private static RegisteredProcessor registered(Registration registration) {
        return RegisteredProcessor.registered(registration, null, NOW);
    }

    private static Heartbeat said(Registration registration, Heartbeat.HealthStatus status) {
        return new Heartbeat(registration.id(), status, null, null, null, null);
    }
}
