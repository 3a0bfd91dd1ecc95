package framebuffer.orchestrator.processors.registry;

import framebuffer.orchestrator.processors.health.RegisteredProcessor;
import framebuffer.wire.control.Registration;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Decides who may register. */
public final class RegistrationPolicy {
    private final RegistrationLimits limits;

    /**
     * Bounds.
     *
     * @param maxProcessors
     *            most processors registered at once
     * @param takeoverAfter
     *            how long a processor must have been silent before another may register under its id
     */
    public record RegistrationLimits(int maxProcessors, Duration takeoverAfter) {
        public static final RegistrationLimits DEFAULT = new RegistrationLimits(50, Duration.ofSeconds(5));
    }

    public RegistrationPolicy(RegistrationLimits limits) {
        this.limits = limits;
    }

    /**
     * A processor wants to register. Under the id of one that has been silent long enough it takes that one's place. What a health
     * endpoint answers is not counted here: it may be the new one's.
     *
     * @param from
     *            the address that it calls from; null: not known
     */
    public RegistrationOutcome register(RegistrySnapshot there, Registration request, @Nullable String from,
            Instant now) {
        Optional<RegisteredProcessor> before = there.processor(request.id());
        if (before.isPresent() && before.get().spokeAt().plus(limits.takeoverAfter()).isAfter(now)) {
            return new RegistrationOutcome.AlreadyRegistered(request.id(), limits.takeoverAfter());
        }
        if (before.isEmpty() && there.all().size() >= limits.maxProcessors()) {
            return new RegistrationOutcome.RegistryFull(limits.maxProcessors());
        }
        return withQueue(there, before.map(earlier -> earlier.succeeded(request, from, now))
                .orElseGet(() -> RegisteredProcessor.registered(request, from, now)));
    }

    /** A registered processor wants to be registered differently. It is still the same life of it. */
    public RegistrationOutcome update(RegistrySnapshot there, Registration request, @Nullable String from,
            Instant now) {
        return there.processor(request.id()).map(before -> withQueue(there, before.updated(request, from, now)))
                .orElseGet(() -> new RegistrationOutcome.NotRegistered(request.id()));
    }

    private static RegistrationOutcome withQueue(RegistrySnapshot there, RegisteredProcessor processor) {
        String queue = processor.registration().queue();
        Optional<String> owner = there.ownerOf(queue).filter(id -> !id.equals(processor.registration().id()));
        return owner.isPresent()
                ? new RegistrationOutcome.QueueTaken(queue, owner.get())
                : new RegistrationOutcome.Accepted(processor);
    }
}
