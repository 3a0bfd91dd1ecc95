package framebuffer.orchestrator.processors.registry;

import framebuffer.orchestrator.processors.health.RegisteredProcessor;
import framebuffer.wire.control.Registration;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Decides which processors may register. */
public final class RegistrationPolicy {
    private final RegistrationLimits limits;

    /**
     * Bounds.
     *
     * @param maxProcessors most processors registered at once
     * @param takeoverAfter how long a processor must have been silent before another may register under its id
     */
    public record RegistrationLimits(int maxProcessors, Duration takeoverAfter) {
        public static final RegistrationLimits DEFAULT = new RegistrationLimits(50, Duration.ofSeconds(5));
    }

    public RegistrationPolicy(RegistrationLimits limits) {
        this.limits = limits;
    }

    /**
     * Decides a registration. Under the id of a processor that has been silent long enough, the new one replaces it. Answers of a health
     * endpoint do not count as signs of life here: they may be the new processor's.
     *
     * @param from the address of the caller; null: unknown
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

    /** Decides an update, which continues the same incarnation. */
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
