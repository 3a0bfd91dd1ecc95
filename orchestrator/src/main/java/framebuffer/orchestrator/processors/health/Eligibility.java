package framebuffer.orchestrator.processors.health;

import framebuffer.orchestrator.processors.health.Circuit.HalfOpen;
import framebuffer.orchestrator.processors.health.Circuit.Open;
import framebuffer.orchestrator.processors.health.PanicPolicy.PanicCandidate;
import framebuffer.wire.control.Heartbeat.HealthStatus;
import framebuffer.wire.control.Registration;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * Which processors may be sent frames, by their health and circuits together.
 *
 * @param available processors that may be sent frames, each with its current capacity: half of the registered one when degraded, the
 *     number of probes when its circuit is half-open
 * @param cutOff ids of processors that lose their frames: unhealthy, or their circuit is open; a draining one may be among them
 * @param readmitted ids of processors that get frames although their circuit is open
 */
public record Eligibility(List<Registration> available, Set<String> cutOff, Set<String> readmitted) {
    /** No processors. */
    public static final Eligibility NONE = new Eligibility(List.of(), Set.of(), Set.of());

    public Eligibility {
        available = List.copyOf(available);
        cutOff = Set.copyOf(cutOff);
        readmitted = Set.copyOf(readmitted);
    }

    /**
     * A processor with its health.
     *
     * @param health without regard to its circuit
     */
    public record JudgedProcessor(Registration registration, ProcessorHealth health, boolean draining,
            Circuit circuit) {
        private boolean isUsable() {
            return health.usable() && !draining;
        }
    }

    /**
     * Combines health and circuits.
     *
     * @param probes most outstanding frames of a processor whose circuit is half-open
     */
    public static Eligibility of(Collection<JudgedProcessor> all, int probes) {
        Set<String> readmitted = PanicPolicy.readmitted(all.stream().filter(JudgedProcessor::isUsable)
                .map(one -> new PanicCandidate(one.registration(), one.circuit())).toList());
        Set<String> cutOff = new TreeSet<>();
        for (JudgedProcessor one : all) {
            String id = one.registration().id();
            if (!one.health().usable() || (one.circuit() instanceof Open && !readmitted.contains(id))) {
                cutOff.add(id);
            }
        }
        List<Registration> available = all.stream().filter(JudgedProcessor::isUsable)
                .filter(one -> !cutOff.contains(one.registration().id())).map(one -> atPresent(one, probes)).toList();
        return new Eligibility(available, cutOff, readmitted);
    }

    private static Registration atPresent(JudgedProcessor one, int probes) {
        int capacity = atPresent(one.health(), one.registration().capacity());
        if (one.circuit() instanceof HalfOpen) {
            capacity = Math.min(capacity, probes);
        }
        return capacity == one.registration().capacity()
                ? one.registration()
                : one.registration().withCapacity(capacity);
    }

    /** The part of a capacity, or of a share, that may be used now: half of it when degraded, rounded up. */
    public static int atPresent(ProcessorHealth health, int capacity) {
        return health.status() == HealthStatus.DEGRADED ? capacity - capacity / 2 : capacity;
    }

    /**
     * The health to publish, with the circuit taken into account.
     *
     * @param health without regard to the circuit
     * @param readmitted whether the processor gets frames although its circuit is open
     */
    public static ProcessorHealth shown(ProcessorHealth health, Circuit circuit, boolean readmitted) {
        if (!health.usable()) {
            return health;
        }
        return switch (circuit) {
            case Circuit.Closed _ -> health;
            case HalfOpen _ ->
                new ProcessorHealth(HealthStatus.DEGRADED, "circuit half-open: it gets a few probe frames");
            case Open open when readmitted ->
                new ProcessorHealth(HealthStatus.DEGRADED, "circuit open: " + open.cause().reason()
                        + "; it still gets frames, because more than half of the processors of a capability fail");
            case Open open -> new ProcessorHealth(HealthStatus.UNHEALTHY, "circuit open: " + open.cause().reason());
        };
    }
}
