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
 * Who was there at one moment; immutable.
 *
 * <p>
 * A new one is published at each refresh, for what was last heard changes all the time. The list of those that may be sent frames
 * stays the same object until a registration or a status changes, so that a reader sees by {@code ==} that nothing did.
 */
public final class RegistrySnapshot {
    /** Nobody is there. */
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
     * Puts together what was read.
     *
     * @param processors
     *            by id, in natural order
     * @param departed
     *            those that were unregistered and whose queues may still hold frames
     * @param probes
     *            how many frames a processor may have outstanding while its circuit is half-open
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
     * Those that may be sent frames, by id, each with the capacity that it has at present: not unhealthy, not draining, and their
     * circuit is not open. The same object as long as it would be equal.
     */
    public List<Registration> available() {
        return eligibility.available();
    }

    /** The ids of those that are not to keep the frames they have: unhealthy, or their circuit is open. */
    public Set<String> cutOff() {
        return eligibility.cutOff();
    }

    /** The ids of those that go on although their circuit is open, for too many others fail too. */
    public Set<String> readmitted() {
        return eligibility.readmitted();
    }

    /** A processor's registration with the capacity that it has at present. */
    public Registration atPresent(RegisteredProcessor processor) {
        Registration registration = processor.registration();
        return available().stream().filter(one -> one.id().equals(registration.id())).findFirst().orElse(registration);
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
        return Stream.concat(processors.values().stream().map(RegisteredProcessor::registration), departed.stream())
                .toList();
    }

    /** Whose queue this is: the id of a registered processor, else of a departed one. */
    Optional<String> ownerOf(String queue) {
        return withQueues().stream().filter(registration -> registration.queue().equals(queue)).map(Registration::id)
                .findFirst();
    }

    /** When the first of those that are not unhealthy turns so, if nothing is heard until then. */
    Optional<Instant> nextLeaseEnd() {
        return processors.values().stream().filter(processor -> processor.own().usable())
                .map(RegisteredProcessor::leaseEnds)
                .min(Instant::compareTo);
    }

    /** This, as the successor of another: what is equal in both becomes the same object. */
    RegistrySnapshot after(RegistrySnapshot before) {
        return available().equals(before.available())
                ? new RegistrySnapshot(processors, departed,
                        new Eligibility(before.available(), eligibility.cutOff(), eligibility.readmitted()))
                : this;
    }

    /** Whether registrations, statuses and the departed are the same. */
    boolean sameAs(RegistrySnapshot other) {
        return processors.keySet().equals(other.processors.keySet())
                && departed.equals(other.departed)
                && processors.entrySet().stream().allMatch(e -> e.getValue().sameAs(other.processors.get(e.getKey())));
    }
}
