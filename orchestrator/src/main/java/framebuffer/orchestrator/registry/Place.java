package framebuffer.orchestrator.registry;

import framebuffer.wire.processor.Registration;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Of which partition a registry is, when there are several. Processors register with the first; the registries of the others follow it.
 *
 * @param partition
 *            its number
 * @param leader
 *            the one to follow; null: this is the first
 * @param emptyElsewhere
 *            asked by the first: whether nothing is left in the queues of a processor in the other partitions
 */
public record Place(int partition, @Nullable Registry leader, Predicate<Registration> emptyElsewhere) {
    /** There are no others. */
    public static final Place WHOLE = new Place(0, null, _ -> true);
}
