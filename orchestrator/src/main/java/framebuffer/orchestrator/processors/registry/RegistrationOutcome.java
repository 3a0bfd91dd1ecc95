package framebuffer.orchestrator.processors.registry;

import framebuffer.orchestrator.processors.health.RegisteredProcessor;
import java.time.Duration;

/** The outcome of a registration or update. */
public sealed interface RegistrationOutcome {

    /** The processor is registered. */
    record Accepted(RegisteredProcessor processor) implements RegistrationOutcome {
    }

    /** Nothing was changed. */
    sealed interface Refused extends RegistrationOutcome {
    }

    /** Another live processor has the id: it gave a sign of life within {@code takeoverAfter}. */
    record AlreadyRegistered(String id, Duration takeoverAfter) implements Refused {
    }

    /** The queue belongs to another processor, registered or departed. */
    record QueueTaken(String queue, String by) implements Refused {
    }

    /** The key of the queue exists with another {@code type} than stream. */
    record QueueUnusable(String queue, String type) implements Refused {
    }

    /** The limit of registered processors is reached. */
    record RegistryFull(int maxProcessors) implements Refused {
    }

    /** The named partition does not exist. */
    record NoSuchPartition(String partition, int partitions) implements Refused {
    }

    /** There is no processor to update. */
    record NotRegistered(String id) implements Refused {
    }
}
