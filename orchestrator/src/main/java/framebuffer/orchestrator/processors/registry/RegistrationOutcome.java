package framebuffer.orchestrator.processors.registry;

import framebuffer.orchestrator.processors.health.RegisteredProcessor;
import java.time.Duration;

/** What comes of registering or updating a processor. */
public sealed interface RegistrationOutcome {

    /** It is registered, so. */
    record Accepted(RegisteredProcessor processor) implements RegistrationOutcome {
    }

    /** Nothing was changed, for a reason. */
    sealed interface Refused extends RegistrationOutcome {
    }

    /** Another, live processor bears the id: it gave a sign of life within {@code takeoverAfter}. */
    record AlreadyRegistered(String id, Duration takeoverAfter) implements Refused {
    }

    /** The queue belongs to another processor, registered or departed. */
    record QueueTaken(String queue, String by) implements Refused {
    }

    /** The key of the queue is there, and is no stream but a {@code type}. */
    record QueueUnusable(String queue, String type) implements Refused {
    }

    /** As many processors as allowed are registered. */
    record RegistryFull(int maxProcessors) implements Refused {
    }

    /** It reads in a partition that is none of these. */
    record NoSuchPartition(String partition, int partitions) implements Refused {
    }

    /** Who is to be updated is not there. */
    record NotRegistered(String id) implements Refused {
    }
}
