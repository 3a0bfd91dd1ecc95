package framebuffer.orchestrator.processors.registry;

import framebuffer.wire.control.Registration;
import java.util.Collection;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Of which partition a registry is, when there are several. Processors register with the first; the registries of the others follow it.
 *
 * @param partition
 *            its number
 * @param leader
 *            the one to follow; null: this is the first
 * @param areSeveral
 *            whether there are several
 * @param heldElsewhere
 *            asked by the first: the ids of those of which something may be left in the queues in other partitions
 */
public record PartitionRole(int partition, @Nullable Registry leader, boolean areSeveral,
        Function<Collection<Registration>, Set<String>> heldElsewhere) {
    /** There are no others. */
    public static final PartitionRole WHOLE = new PartitionRole(0, null, false, _ -> Set.of());
}
