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
public record Eligibility(List<Registration> available, Set<String> cutOff, Set<String> readmitted) {
    /** Nobody is there. */
    public static final Eligibility NONE = new Eligibility(List.of(), Set.of(), Set.of());

    public Eligibility {
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
    public record JudgedProcessor(Registration registration, ProcessorHealth health, boolean draining,
            Circuit circuit) {
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

    /** What of a capacity, or of a share of one, may be used by one of this health: half where it is degraded, rounded up. */
    public static int atPresent(ProcessorHealth health, int capacity) {
        return health.status() == HealthStatus.DEGRADED ? capacity - capacity / 2 : capacity;
    }

    /**
     * A processor's health with its circuit, as it is shown.
     *
     * @param health
     *            but for its circuit
     * @param readmitted
     *            whether it goes on although its circuit is open
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
                        + "; it goes on, because more than half of the processors of a capability fail");
            case Open open -> new ProcessorHealth(HealthStatus.UNHEALTHY, "circuit open: " + open.cause().reason());
        };
    }
}
