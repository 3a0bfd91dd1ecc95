package framebuffer.orchestrator.registry;

import framebuffer.wire.processor.Registration;
import java.time.Instant;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * Who was there at one moment; immutable.
 *
 * <p>
 * A new one is published at each refresh, for what was last heard changes all the time. The list of those that may be sent frames
 * stays the same object until a registration or a status changes, so that a reader sees by {@code ==} that nothing did.
 */
public final class RegistrySnapshot {
    /** Nobody is there. */
    public static final RegistrySnapshot EMPTY = new RegistrySnapshot(new TreeMap<>(), List.of());

    private final Map<String, Processor> processors;
    private final List<Registration> departed;
    private final List<Registration> available;

    /**
     * @param processors
     *            by id
     * @param departed
     *            those that were unregistered and whose queues may still hold frames
     */
    RegistrySnapshot(SortedMap<String, Processor> processors, List<Registration> departed) {
        this(Collections.unmodifiableSortedMap(processors), List.copyOf(departed), processors.values().stream()
                .filter(Processor::available).map(Processor::registration).toList());
    }

    private RegistrySnapshot(Map<String, Processor> processors, List<Registration> departed,
            List<Registration> available) {
        this.processors = processors;
        this.departed = departed;
        this.available = available;
    }

    /** All registered processors, by id. */
    public Collection<Processor> all() {
        return processors.values();
    }

    /** The registered processor with this id. */
    public Optional<Processor> processor(String id) {
        return Optional.ofNullable(processors.get(id));
    }

    /** Those that may be sent frames, healthy or degraded and not draining, by id; the same object as long as it would be equal. */
    public List<Registration> available() {
        return available;
    }

    /**
     * Those that were unregistered and whose queues may still hold frames, one for each queue. A processor that registered anew with
     * another queue is here for its old one.
     */
    public List<Registration> departed() {
        return departed;
    }

    /** All whose queues may hold frames: the registered and the departed. */
    public List<Registration> withQueues() {
        return Stream.concat(processors.values().stream().map(Processor::registration), departed.stream()).toList();
    }

    /** Whose queue this is: the id of a registered processor, else of a departed one. */
    Optional<String> ownerOf(String queue) {
        return withQueues().stream().filter(registration -> registration.queue().equals(queue)).map(Registration::id)
                .findFirst();
    }

    /** When the first of those that are not unhealthy turns so, if nothing is heard until then. */
    Optional<Instant> nextLeaseEnd() {
        return processors.values().stream().filter(processor -> processor.health().usable()).map(Processor::leaseEnds)
                .min(Instant::compareTo);
    }

    /** This, as the successor of another: what is equal in both becomes the same object. */
    RegistrySnapshot after(RegistrySnapshot before) {
        return available.equals(before.available)
                ? new RegistrySnapshot(processors, departed, before.available)
                : this;
    }

    /** Whether registrations, statuses and the departed are the same. */
    boolean sameAs(RegistrySnapshot other) {
        return processors.keySet().equals(other.processors.keySet())
                && departed.equals(other.departed)
                && processors.entrySet().stream().allMatch(e -> e.getValue().sameAs(other.processors.get(e.getKey())));
    }
}
