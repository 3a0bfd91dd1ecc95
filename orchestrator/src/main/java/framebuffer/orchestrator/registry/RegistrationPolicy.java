package framebuffer.orchestrator.registry;

import framebuffer.wire.processor.Registration;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Decides who may register. */
public final class RegistrationPolicy {
    private final Limits limits;

    /**
     * Bounds.
     *
     * @param maxProcessors
     *            most processors registered at once
     * @param takeoverAfter
     *            how long a processor must have been silent before another may register under its id
     */
    public record Limits(int maxProcessors, Duration takeoverAfter) {
        public static final Limits DEFAULT = new Limits(50, Duration.ofSeconds(5));
    }

    public RegistrationPolicy(Limits limits) {
        this.limits = limits;
    }

    /**
     * A processor wants to register. Under the id of one that has been silent long enough it takes that one's place. What a health
     * endpoint answers is not counted here: it may be the new one's.
     *
     * @param from
     *            the address that it calls from; null: not known
     */
    public Outcome register(RegistrySnapshot there, Registration request, @Nullable String from, Instant now) {
        Optional<Processor> before = there.processor(request.id());
        if (before.isPresent() && before.get().spokeAt().plus(limits.takeoverAfter()).isAfter(now)) {
            return new Outcome.AlreadyRegistered(request.id(), limits.takeoverAfter());
        }
        if (before.isEmpty() && there.all().size() >= limits.maxProcessors()) {
            return new Outcome.RegistryFull(limits.maxProcessors());
        }
        return withQueue(there, before.map(earlier -> earlier.succeeded(request, from, now))
                .orElseGet(() -> Processor.registered(request, from, now)));
    }

    /** A registered processor wants to be registered differently. It is still the same life of it. */
    public Outcome update(RegistrySnapshot there, Registration request, @Nullable String from, Instant now) {
        return there.processor(request.id()).map(before -> withQueue(there, before.updated(request, from, now)))
                .orElseGet(() -> new Outcome.NotRegistered(request.id()));
    }

    private static Outcome withQueue(RegistrySnapshot there, Processor processor) {
        String queue = processor.registration().queue();
        Optional<String> owner = there.ownerOf(queue).filter(id -> !id.equals(processor.registration().id()));
        return owner.isPresent()
                ? new Outcome.QueueTaken(queue, owner.get())
                : new Outcome.Accepted(processor);
    }
}
