package framebuffer.orchestrator.processors.health;

import framebuffer.redis.queues.ProcessorActivity;
import framebuffer.wire.control.Heartbeat;
import framebuffer.wire.control.Registration;
import java.time.Duration;
import java.time.Instant;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A registered processor with its health at one moment.
 *
 * @param registeredFrom the address from which it registered or was updated; null: unknown
 * @param own its health without regard to its circuit
 * @param spokeAt its last sign of life of its own: registration, heartbeat or activity at its queue
 * @param lastSeen its last sign of life, answers of its health endpoint included
 * @param heartbeat its last heartbeat since it registered; null: none yet
 * @param registeredAt start of its current incarnation
 * @param updatedAt its last registration or update
 * @param draining whether it gets no more frames and is unregistered when its queue is empty
 * @param evidence what the orchestrator has observed itself
 * @param readmitted whether it gets frames although its circuit is open
 */
public record RegisteredProcessor(Registration registration, @Nullable String registeredFrom, ProcessorHealth own,
        Instant spokeAt,
        Instant lastSeen, @Nullable Heartbeat heartbeat, Instant registeredAt, Instant updatedAt, boolean draining,
        ProcessorEvidence evidence, boolean readmitted) {

    /** A processor that registers now. */
    public static RegisteredProcessor registered(Registration registration, @Nullable String from, Instant now) {
        return judged(new StoredProcessor(registration, now, now, false, from), null, ProcessorEvidence.NONE, now);
    }

    /** A new incarnation that begins now. It keeps its circuit: a failing process fails again after a restart. */
    public RegisteredProcessor succeeded(Registration registration, @Nullable String from, Instant now) {
        return judged(new StoredProcessor(registration, now, now, false, from), null, evidence.unpolled(), now);
    }

    /** The same incarnation with a changed registration. */
    public RegisteredProcessor updated(Registration changed, @Nullable String from, Instant now) {
        return judged(new StoredProcessor(changed, registeredAt, now, false, from), null, evidence.unpolled(), now);
    }

    /** A stored processor with its health as of now. */
    public static RegisteredProcessor judged(StoredProcessor entry, @Nullable ReceivedHeartbeat heard,
            ProcessorEvidence evidence, Instant now) {
        Registration registration = entry.registration();
        Instant updatedAt = entry.updatedAt();
        Heartbeat heartbeat = heard == null ? null : heard.heartbeat();
        Instant spokeAt = evidence
                .lastSign(heard == null || heard.at().isBefore(updatedAt) ? updatedAt : heard.at());
        HealthPoll poll = registration.healthEndpoint() == null ? HealthPoll.NONE : evidence.poll();
        Instant lastSeen = registration.healthEndpoint() == null ? spokeAt : evidence.lastAnswer(spokeAt);
        ProcessorHealth own = HealthPolicy.judge(registration, lastSeen, heartbeat == null ? null : heartbeat.status(),
                poll, now);
        return new RegisteredProcessor(registration, entry.from(), own, spokeAt, lastSeen, heartbeat,
                entry.registeredAt(),
                updatedAt, entry.draining(), evidence, false);
    }

    /** The same processor after a heartbeat that has just arrived. */
    public RegisteredProcessor heard(Heartbeat heartbeat, Instant now) {
        return judged(stored(), new ReceivedHeartbeat(heartbeat, now), evidence, now).readmitted(readmitted);
    }

    /** The same processor, draining. Its earlier heartbeat is dropped: it did not know of the drain then. */
    public RegisteredProcessor drained(Instant now) {
        return judged(new StoredProcessor(registration, registeredAt, now, true, registeredFrom), null, evidence, now);
    }

    /** The same processor, readmitted or not. */
    public RegisteredProcessor readmitted(boolean goesOn) {
        return new RegisteredProcessor(registration, registeredFrom, own, spokeAt, lastSeen, heartbeat, registeredAt,
                updatedAt, draining, evidence, goesOn);
    }

    /** Whether it may be unregistered once its queue is empty: it drains, and it knows by a heartbeat or is silent. */
    public boolean mayGo() {
        return draining && (heartbeat != null || !own.usable());
    }

    /** Whether it may be unregistered once its queue is empty because it will not come back: unhealthy, and silent for so long. */
    public boolean mayBeForgotten(Duration silence, Instant now) {
        return !own.usable() && !lastSeen.plus(silence).isAfter(now);
    }

    /** Its entry in the registry. */
    public StoredProcessor stored() {
        return new StoredProcessor(registration, registeredAt, updatedAt, draining, registeredFrom);
    }

    /** Input for {@link Eligibility}. */
    public Eligibility.JudgedProcessor one() {
        return new Eligibility.JudgedProcessor(registration, own, draining, evidence.circuit());
    }

    /** Its health with regard to its circuit. */
    public ProcessorHealth health() {
        return Eligibility.shown(own, evidence.circuit(), readmitted);
    }

    /** How its circuit stands. */
    public Circuit circuit() {
        return evidence.circuit();
    }

    /** Whether it may be sent frames: it is not unhealthy, and not draining. */
    public boolean available() {
        return health().usable() && !draining;
    }

    /** When it becomes unhealthy without a further sign of life. */
    public Instant leaseEnds() {
        return lastSeen.plus(HealthPolicy.lease(registration));
    }

    /** Whether nothing has changed except its signs of life and figures. */
    public boolean sameAs(@Nullable RegisteredProcessor other) {
        return other != null && registration.equals(other.registration) && draining == other.draining
                && own.status() == other.own.status() && readmitted == other.readmitted
                && circuit().word().equals(other.circuit().word());
    }

    /** Whether {@code other} is the same incarnation, registered in another partition. */
    public boolean isTheSameLife(RegisteredProcessor other) {
        return registration.equals(other.registration) && registeredAt.equals(other.registeredAt)
                && draining == other.draining;
    }

    /** A heartbeat and its arrival. */
    public record ReceivedHeartbeat(Heartbeat heartbeat, Instant at) {
    }

    /**
     * Observations of a processor by the orchestrator.
     *
     * @param activity at its queue; null: not inspected yet
     * @param poll of its health endpoint
     */
    public record ProcessorEvidence(@Nullable ProcessorActivity activity, HealthPoll poll, Circuit circuit) {
        static final ProcessorEvidence NONE = new ProcessorEvidence(null, HealthPoll.NONE, Circuit.CLOSED);

        /** Its last sign of life at its queue, if that is later than {@code known}. */
        Instant lastSign(Instant known) {
            return activity == null || activity.lastSign().isBefore(known) ? known : activity.lastSign();
        }

        /** Its last good answer, if that is later than {@code known}. */
        Instant lastAnswer(Instant known) {
            return Stream.ofNullable(poll.lastGood()).filter(known::isBefore).findFirst().orElse(known);
        }

        /** The same without the poll, for a changed health endpoint. */
        ProcessorEvidence unpolled() {
            return new ProcessorEvidence(activity, HealthPoll.NONE, circuit);
        }

    }

    /**
     * A processor in the registry.
     *
     * @param from the address from which it registered; null: unknown
     */
    public record StoredProcessor(Registration registration, Instant registeredAt, Instant updatedAt, boolean draining,
            @Nullable String from) {
    }
}
