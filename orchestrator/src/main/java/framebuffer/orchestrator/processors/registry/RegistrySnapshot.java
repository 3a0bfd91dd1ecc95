package framebuffer.orchestrator.processors.registry;

import framebuffer.orchestrator.processors.health.Eligibility;
import framebuffer.orchestrator.processors.health.RegisteredProcessor;
import framebuffer.wire.control.Registration;
import framebuffer.wire.text.NaturalOrder;
import java.time.Instant;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * The processors at one moment; immutable.
 *
 * <p>
 * Each refresh publishes a new snapshot, because signs of life change all the time. The list of available processors stays the same object
 * until a registration or a status changes, so readers may compare it by {@code ==}.
 */
public final class RegistrySnapshot {
    /** No processors. */
    public static final RegistrySnapshot EMPTY = new RegistrySnapshot(new TreeMap<>(NaturalOrder.NAMES), List.of(),
            Eligibility.NONE);

    private final SortedMap<String, RegisteredProcessor> processors;
    private final List<Registration> departed;
    private final Eligibility eligibility;

    private RegistrySnapshot(SortedMap<String, RegisteredProcessor> processors, List<Registration> departed,
            Eligibility eligibility) {
        this.processors = Collections.unmodifiableSortedMap(processors);
        this.departed = List.copyOf(departed);
        this.eligibility = eligibility;
    }

    /**
     * Builds a snapshot.
     *
     * @param processors by id, in natural order
     * @param departed unregistered processors whose queues may hold frames
     * @param probes most outstanding frames of a processor while its circuit is half-open
     */
    public static RegistrySnapshot of(SortedMap<String, RegisteredProcessor> processors, List<Registration> departed,
            int probes) {
        Eligibility eligibility = Eligibility.of(processors.values().stream().map(RegisteredProcessor::one).toList(),
                probes);
        SortedMap<String, RegisteredProcessor> judged = new TreeMap<>(processors);
        judged.replaceAll((id, processor) -> processor.readmitted(eligibility.readmitted().contains(id)));
        return new RegistrySnapshot(judged, departed, eligibility);
    }

    /** All registered processors, by id. */
    public Collection<RegisteredProcessor> all() {
        return processors.values();
    }

    /** The registered processor with this id. */
    public Optional<RegisteredProcessor> processor(String id) {
        return Optional.ofNullable(processors.get(id));
    }

    /**
     * Available processors by id, with their current capacity: not unhealthy, not draining, circuit not open. The same object as long as it
     * would be equal.
     */
    public List<Registration> available() {
        return eligibility.available();
    }

    /** Ids of processors that lose their frames: unhealthy, or their circuit is open. */
    public Set<String> cutOff() {
        return eligibility.cutOff();
    }

    /** Ids of processors that get frames although their circuit is open, because too many others fail too. */
    public Set<String> readmitted() {
        return eligibility.readmitted();
    }

    /** A processor's registration with its current capacity. */
    public Registration atPresent(RegisteredProcessor processor) {
        Registration registration = processor.registration();
        return available().stream().filter(one -> one.id().equals(registration.id())).findFirst().orElse(registration);
    }

    /**
     * Unregistered owners of queues that may hold frames, one for each queue. A processor that changed its queue is listed for the old one.
     */
    public List<Registration> departed() {
        return departed;
    }

    /** Registered and departed processors: all whose queues may hold frames. */
    public List<Registration> withQueues() {
        return Stream.concat(processors.values().stream().map(RegisteredProcessor::registration), departed.stream())
                .toList();
    }

    /** The id of the queue's owner, registered or departed. */
    Optional<String> ownerOf(String queue) {
        return withQueues().stream().filter(registration -> registration.queue().equals(queue)).map(Registration::id)
                .findFirst();
    }

    /** When the next lease ends and makes a processor unhealthy. */
    Optional<Instant> nextLeaseEnd() {
        return processors.values().stream().filter(processor -> processor.own().usable())
                .map(RegisteredProcessor::leaseEnds)
                .min(Instant::compareTo);
    }

    /** This snapshot, reusing the equal objects of {@code before}. */
    RegistrySnapshot after(RegistrySnapshot before) {
        return available().equals(before.available())
                ? new RegistrySnapshot(processors, departed,
                        new Eligibility(before.available(), eligibility.cutOff(), eligibility.readmitted()))
                : this;
    }

    /** Whether registrations, statuses and departed processors are equal. */
    boolean sameAs(RegistrySnapshot other) {
        return processors.keySet().equals(other.processors.keySet())
                && departed.equals(other.departed)
                && processors.entrySet().stream().allMatch(e -> e.getValue().sameAs(other.processors.get(e.getKey())));
    }
}
