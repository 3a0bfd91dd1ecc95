package framebuffer.orchestrator.processors.health;

import framebuffer.redis.queues.ProcessorActivity;
import framebuffer.wire.control.Heartbeat;
import framebuffer.wire.control.Registration;
import java.time.Duration;
import java.time.Instant;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A registered processor, as it was judged at one moment.
 *
 * @param registration
 *            what it said of itself
 * @param registeredFrom
 *            the address from which it registered, or was updated; null: not known
 * @param own
 *            our judgement, but for its circuit
 * @param spokeAt
 *            when it last showed itself that it lives: by registering, a heartbeat, or at its queue
 * @param lastSeen
 *            its last sign of life; an answer of its health endpoint is one too
 * @param heartbeat
 *            its last heartbeat since it registered; null: none yet
 * @param registeredAt
 *            when it last registered: when its present life began
 * @param updatedAt
 *            when it last registered or was updated, which is a sign of life
 * @param draining
 *            whether it is to get no more frames, and to be unregistered when its queue is empty
 * @param evidence
 *            what we have found out ourselves
 * @param readmitted
 *            whether it goes on although its circuit is open
 */
public record RegisteredProcessor(Registration registration, @Nullable String registeredFrom, ProcessorHealth own,
        Instant spokeAt,
        Instant lastSeen, @Nullable Heartbeat heartbeat, Instant registeredAt, Instant updatedAt, boolean draining,
        ProcessorEvidence evidence, boolean readmitted) {

    /** One that registers now. */
    public static RegisteredProcessor registered(Registration registration, @Nullable String from, Instant now) {
        return judged(new StoredProcessor(registration, now, now, false, from), null, ProcessorEvidence.NONE, now);
    }

    /** A new life of it that begins now. What its circuit has learnt holds on: a process that fails and is started again fails again. */
    public RegisteredProcessor succeeded(Registration registration, @Nullable String from, Instant now) {
        return judged(new StoredProcessor(registration, now, now, false, from), null, evidence.unpolled(), now);
    }

    /** The same life of it, registered differently now. */
    public RegisteredProcessor updated(Registration changed, @Nullable String from, Instant now) {
        return judged(new StoredProcessor(changed, registeredAt, now, false, from), null, evidence.unpolled(), now);
    }

    /** One that registered and was then heard of, as it is to be judged now. */
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

    /** The same after a heartbeat that came now. */
    public RegisteredProcessor heard(Heartbeat heartbeat, Instant now) {
        return judged(stored(), new ReceivedHeartbeat(heartbeat, now), evidence, now).readmitted(readmitted);
    }

    /** The same, to get no more frames from now on. What it said before, it said without knowing. */
    public RegisteredProcessor drained(Instant now) {
        return judged(new StoredProcessor(registration, registeredAt, now, true, registeredFrom), null, evidence, now);
    }

    /** The same, and whether it goes on although its circuit is open. */
    public RegisteredProcessor readmitted(boolean goesOn) {
        return new RegisteredProcessor(registration, registeredFrom, own, spokeAt, lastSeen, heartbeat, registeredAt,
                updatedAt, draining, evidence, goesOn);
    }

    /** Whether it may be unregistered as soon as its queue is empty: it drains, and has been told so with a heartbeat or is silent. */
    public boolean mayGo() {
        return draining && (heartbeat != null || !own.usable());
    }

    /** Whether it may be unregistered if its queue is empty, for nobody expects it back: it is unhealthy, and silent for so long. */
    public boolean mayBeForgotten(Duration silence, Instant now) {
        return !own.usable() && !lastSeen.plus(silence).isAfter(now);
    }

    /** What is kept of it in the registry. */
    public StoredProcessor stored() {
        return new StoredProcessor(registration, registeredAt, updatedAt, draining, registeredFrom);
    }

    /** As it is to be put together with others. */
    public Eligibility.JudgedProcessor one() {
        return new Eligibility.JudgedProcessor(registration, own, draining, evidence.circuit());
    }

    /** Our judgement, by its circuit too. */
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

    /** When it turns unhealthy if nothing is heard of it until then. */
    public Instant leaseEnds() {
        return lastSeen.plus(HealthPolicy.lease(registration));
    }

    /** Whether nothing has changed but when it was heard of, and its figures. */
    public boolean sameAs(@Nullable RegisteredProcessor other) {
        return other != null && registration.equals(other.registration) && draining == other.draining
                && own.status() == other.own.status() && readmitted == other.readmitted
                && circuit().word().equals(other.circuit().word());
    }

    /** Whether the other is this one as it is registered in another partition. */
    public boolean isTheSameLife(RegisteredProcessor other) {
        return registration.equals(other.registration) && registeredAt.equals(other.registeredAt)
                && draining == other.draining;
    }

    /** A heartbeat, and when it came. */
    public record ReceivedHeartbeat(Heartbeat heartbeat, Instant at) {
    }

    /**
     * What we have found out about a processor ourselves, beside what it says.
     *
     * @param activity
     *            what it was seen to do with its queue; null: nobody has looked yet
     * @param poll
     *            what its health endpoint answered
     * @param circuit
     *            how its circuit stands
     */
    public record ProcessorEvidence(@Nullable ProcessorActivity activity, HealthPoll poll, Circuit circuit) {
        static final ProcessorEvidence NONE = new ProcessorEvidence(null, HealthPoll.NONE, Circuit.CLOSED);

        /** Its last sign of life at its queue, or an earlier one that is known otherwise. */
        Instant lastSign(Instant known) {
            return activity == null || activity.lastSign().isBefore(known) ? known : activity.lastSign();
        }

        /** The same with the answers of its health endpoint. */
        Instant lastAnswer(Instant known) {
            return Stream.ofNullable(poll.lastGood()).filter(known::isBefore).findFirst().orElse(known);
        }

        /** What is left of it when its health endpoint is another. */
        ProcessorEvidence unpolled() {
            return new ProcessorEvidence(activity, HealthPoll.NONE, circuit);
        }

    }

    /**
     * A processor as Redis keeps it.
     *
     * @param from
     *            the address that it registered from; null: not known
     */
    public record StoredProcessor(Registration registration, Instant registeredAt, Instant updatedAt, boolean draining,
            @Nullable String from) {
    }
}
