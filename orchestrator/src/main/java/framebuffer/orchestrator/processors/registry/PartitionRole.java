package framebuffer.orchestrator.processors.registry;

import framebuffer.wire.control.Registration;
import java.util.Collection;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The role of a registry among several partitions. Processors register with the first; the registries of the others copy it.
 *
 * @param partition its number
 * @param leader the registry to copy; null: this is the first
 * @param areSeveral whether there are several partitions
 * @param heldElsewhere called by the first: ids of processors that may have frames in queues of other partitions
 */
public record PartitionRole(int partition, @Nullable Registry leader, boolean areSeveral,
        Function<Collection<Registration>, Set<String>> heldElsewhere) {
    /** The role with a single partition. */
    public static final PartitionRole WHOLE = new PartitionRole(0, null, false, _ -> Set.of());
}
