package framebuffer.orchestrator.registry;

import framebuffer.orchestrator.health.Health;
import framebuffer.orchestrator.health.HealthPolicy;
import framebuffer.wire.processor.Heartbeat;
import framebuffer.wire.processor.Registration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A registered processor, as it was judged at one moment.
 *
 * @param registration
 *            what it said of itself
 * @param health
 *            our judgement
 * @param lastSeen
 *            its last sign of life
 * @param heartbeat
 *            its last heartbeat since it registered; null: none yet
 * @param registeredAt
 *            when it last registered: when its present life began
 * @param updatedAt
 *            when it last registered or was updated, which is a sign of life
 * @param draining
 *            whether it is to get no more frames, and to be unregistered when its queue is empty
 */
public record Processor(Registration registration, Health health, Instant lastSeen, @Nullable Heartbeat heartbeat,
        Instant registeredAt, Instant updatedAt, boolean draining) {

    /** One that registers now. */
    static Processor registered(Registration registration, Instant now) {
        return judged(new Stored.Entry(registration, now, now, false), null, now);
    }

    /** The same life of it, registered differently now. */
    Processor updated(Registration changed, Instant now) {
        return judged(new Stored.Entry(changed, registeredAt, now, false), null, now);
    }

    /** One that registered and was then heard of, as it is to be judged now. */
    static Processor judged(Stored.Entry entry, @Nullable Heard heard, Instant now) {
        Registration registration = entry.registration();
        Instant updatedAt = entry.updatedAt();
        Heartbeat heartbeat = heard == null ? null : heard.heartbeat();
        Instant lastSeen = heard == null || heard.at().isBefore(updatedAt) ? updatedAt : heard.at();
        Health health = HealthPolicy.judge(registration, lastSeen, heartbeat == null ? null : heartbeat.status(), now);
        return new Processor(registration, health, lastSeen, heartbeat, entry.registeredAt(), updatedAt,
                entry.draining());
    }

    /** The same after a heartbeat that came now. */
    Processor heard(Heartbeat heartbeat, Instant now) {
        return judged(stored(), new Heard(heartbeat, now), now);
    }

    /** The same, to get no more frames from now on. What it said before, it said without knowing. */
    Processor drained(Instant now) {
        return judged(new Stored.Entry(registration, registeredAt, now, true), null, now);
    }

    /** Whether it may be unregistered as soon as its queue is empty: it drains, and has been told so with a heartbeat or is silent. */
    boolean mayGo() {
        return draining && (heartbeat != null || !health.usable());
    }

    /** What is kept of it in the registry. */
    Stored.Entry stored() {
        return new Stored.Entry(registration, registeredAt, updatedAt, draining);
    }

    /** Whether it may be sent frames: it is not unhealthy, and not draining. */
    public boolean available() {
        return health.usable() && !draining;
    }

    /** When it turns unhealthy if nothing is heard of it until then. */
    public Instant leaseEnds() {
        return lastSeen.plus(HealthPolicy.lease(registration));
    }

    /** Whether nothing has changed but when it was heard of, and its figures. */
    boolean sameAs(@Nullable Processor other) {
        return other != null && registration.equals(other.registration) && draining == other.draining
                && health.status() == other.health.status();
    }

    /** A heartbeat, and when it came. */
    record Heard(Heartbeat heartbeat, Instant at) {
    }
}
