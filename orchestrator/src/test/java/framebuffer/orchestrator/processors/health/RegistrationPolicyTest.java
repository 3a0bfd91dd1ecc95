package framebuffer.orchestrator.processors.health;

import static org.assertj.core.api.Assertions.assertThat;

import framebuffer.orchestrator.processors.health.RegisteredProcessor.ProcessorEvidence;
import framebuffer.orchestrator.processors.health.RegisteredProcessor.StoredProcessor;
import framebuffer.orchestrator.processors.registry.RegistrationOutcome;
import framebuffer.orchestrator.processors.registry.RegistrationPolicy;
import framebuffer.orchestrator.processors.registry.RegistrationPolicy.RegistrationLimits;
import framebuffer.orchestrator.processors.registry.RegistrySnapshot;
import framebuffer.wire.control.Registration;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class RegistrationPolicyTest {
    private static final Instant NOW = Instant.parse("2026-11-23T12:00:00Z");
    private static final Registration FACE = Registration.of("face-1", List.of("face_detection"), 10);
    private static final Registration CAR = Registration.of("car-1", List.of("vehicle_detection"), 10);

    private final RegistrationPolicy policy = new RegistrationPolicy(new RegistrationLimits(2, Duration.ofSeconds(5)));

    @Test
    void aNewProcessorIsAcceptedAndHealthy() {
        RegistrationOutcome outcome = policy.register(RegistrySnapshot.EMPTY, FACE, null, NOW);
        assertThat(outcome)
                .isEqualTo(new RegistrationOutcome.Accepted(RegisteredProcessor.registered(FACE, null, NOW)));
    }

    @Test
    void anIdThatWasHeardOfWithinFiveSecondsIsTaken() {
        assertThat(policy.register(there(NOW.minusMillis(4_999), FACE), FACE, null, NOW))
                .isEqualTo(new RegistrationOutcome.AlreadyRegistered("face-1", Duration.ofSeconds(5)));
    }

    @Test
    void anIdThatWasSilentForFiveSecondsMayBeTakenOver() {
        assertThat(policy.register(there(NOW.minusSeconds(5), FACE), FACE, null, NOW))
                .isInstanceOf(RegistrationOutcome.Accepted.class);
    }

    @Test
    void aQueueBelongsToOneProcessor() {
        Registration other = withQueue("face-2", FACE.queue());
        assertThat(policy.register(there(NOW.minusSeconds(60), FACE), other, null, NOW))
                .isEqualTo(new RegistrationOutcome.QueueTaken("frames:ready:face-1", "face-1"));
    }

    @Test
    void aQueueBelongsToADepartedProcessorUntilItIsEmpty() {
        RegistrySnapshot there = RegistrySnapshot.of(new TreeMap<>(), List.of(FACE), 3);
        assertThat(policy.register(there, withQueue("face-2", FACE.queue()), null, NOW))
                .isInstanceOf(RegistrationOutcome.QueueTaken.class);
        assertThat(policy.register(there, FACE, null, NOW)).isInstanceOf(RegistrationOutcome.Accepted.class);
    }

    @Test
    void noMoreThanTheLimitAreRegistered() {
        Registration third = Registration.of("third", List.of("x"), 1);
        assertThat(policy.register(there(NOW, FACE, CAR), third, null, NOW))
                .isEqualTo(new RegistrationOutcome.RegistryFull(2));
    }

    @Test
    void takingOverNeedsNoRoom() {
        assertThat(policy.register(there(NOW.minusSeconds(5), FACE, CAR), FACE, null, NOW))
                .isInstanceOf(RegistrationOutcome.Accepted.class);
    }

    @Test
    void onlyWhoIsRegisteredCanBeUpdated() {
        assertThat(policy.update(there(NOW, CAR), FACE, null, NOW))
                .isEqualTo(new RegistrationOutcome.NotRegistered("face-1"));
        assertThat(policy.update(there(NOW, FACE), FACE, null, NOW)).isInstanceOf(RegistrationOutcome.Accepted.class);
    }

    @Test
    void anUpdateIsASignOfLifeAndBeginsNoOtherLife() {
        Instant before = NOW.minusSeconds(20);
        assertThat(policy.update(there(before, FACE), FACE, null, NOW)).isInstanceOfSatisfying(
                RegistrationOutcome.Accepted.class,
                accepted -> assertThat(accepted.processor()).returns(before, RegisteredProcessor::registeredAt).returns(
                        NOW, RegisteredProcessor::lastSeen));
    }

    @Test
    void anUpdateMayNotTakeAnothersQueue() {
        assertThat(policy.update(there(NOW, FACE, CAR), withQueue("face-1", CAR.queue()), null, NOW))
                .isEqualTo(new RegistrationOutcome.QueueTaken("frames:ready:car-1", "car-1"));
    }

    private static RegistrySnapshot there(Instant registeredAt, Registration... registrations) {
        TreeMap<String, RegisteredProcessor> processors = new TreeMap<>();
        for (Registration registration : registrations) {
            processors.put(registration.id(),
                    RegisteredProcessor.judged(
                            new StoredProcessor(registration, registeredAt, registeredAt, false, null), null,
                            ProcessorEvidence.NONE,
                            NOW));
        }
        return RegistrySnapshot.of(processors, List.of(), 3);
    }

    private static Registration withQueue(String id, String queue) {
        return new Registration(id, FACE.capabilities(), 10, queue, null, null, Duration.ofSeconds(30), 1, null,
                FACE.metadata());
    }
}
