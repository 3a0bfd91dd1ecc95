package framebuffer.orchestrator.breaker;

import framebuffer.orchestrator.breaker.Circuit.HalfOpen;
import framebuffer.orchestrator.breaker.Circuit.Open;
import framebuffer.orchestrator.breaker.PanicPolicy.Member;
import framebuffer.orchestrator.health.Health;
import framebuffer.wire.processor.Heartbeat.Status;
import framebuffer.wire.processor.Registration;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * Who may be sent frames, by health and circuits together.
 *
 * @param available
 *            those, each with the capacity that it has at present: a degraded one has half of what it registered, one whose circuit
 *            is half-open no more than the probes that close it
 * @param cutOff
 *            the ids of those that are not to keep the frames they have: unhealthy, or their circuit is open. One that drains may
 *            be, or not
 * @param readmitted
 *            the ids of those that go on although their circuit is open
 */
public record Fleet(List<Registration> available, Set<String> cutOff, Set<String> readmitted) {
    /** Nobody is there. */
    public static final Fleet NONE = new Fleet(List.of(), Set.of(), Set.of());

    public Fleet {
        available = List.copyOf(available);
        cutOff = Set.copyOf(cutOff);
        readmitted = Set.copyOf(readmitted);
    }

    /**
     * A processor as it was judged.
     *
     * @param health
     *            but for its circuit
     */
    public record One(Registration registration, Health health, boolean draining, Circuit circuit) {
        private boolean isUsable() {
            return health.usable() && !draining;
        }
    }

    /**
     * Puts them together.
     *
     * @param probes
     *            how many frames one whose circuit is half-open may have outstanding
     */
    public static Fleet of(Collection<One> all, int probes) {
        Set<String> readmitted = PanicPolicy.readmitted(all.stream().filter(One::isUsable)
                .map(one -> new Member(one.registration(), one.circuit())).toList());
        Set<String> cutOff = new TreeSet<>();
        for (One one : all) {
            String id = one.registration().id();
            if (!one.health().usable() || (one.circuit() instanceof Open && !readmitted.contains(id))) {
                cutOff.add(id);
            }
        }
        List<Registration> available = all.stream().filter(One::isUsable)
                .filter(one -> !cutOff.contains(one.registration().id())).map(one -> atPresent(one, probes)).toList();
        return new Fleet(available, cutOff, readmitted);
    }

    private static Registration atPresent(One one, int probes) {
        int capacity = atPresent(one.health(), one.registration().capacity());
        if (one.circuit() instanceof HalfOpen) {
            capacity = Math.min(capacity, probes);
        }
        return capacity == one.registration().capacity()
                ? one.registration()
                : one.registration().withCapacity(capacity);
    }

    /** What of a capacity, or of a share of one, may be used by one of this health: half where it is degraded, rounded up. */
    public static int atPresent(Health health, int capacity) {
        return health.status() == Status.DEGRADED ? capacity - capacity / 2 : capacity;
    }

    /**
     * A processor's health with its circuit, as it is shown.
     *
     * @param health
     *            but for its circuit
     * @param readmitted
     *            whether it goes on although its circuit is open
     */
    public static Health shown(Health health, Circuit circuit, boolean readmitted) {
        if (!health.usable()) {
            return health;
        }
        return switch (circuit) {
            case Circuit.Closed _ -> health;
            case HalfOpen _ -> new Health(Status.DEGRADED, "circuit half-open: a few frames are let through, to see");
            case Open open when readmitted -> new Health(Status.DEGRADED, "circuit open: " + open.cause().reason()
                    + "; it goes on, for more than half of those that can do the same fail");
            case Open open -> new Health(Status.UNHEALTHY, "circuit open: " + open.cause().reason());
        };
    }
}
