package framebuffer.trials.chaos.faults;

import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Who takes part.
 *
 * @param instances
 *            how many, at least 1
 * @param processors
 *            how many, at least 1
 * @param partitions
 *            how many, on a cluster; 1: there is one Redis
 * @param foreign
 *            how many of the processors are not ours, on one Redis
 */
public record Participants(int instances, int processors, int partitions, int foreign) {
    public static final String REDIS = "redis";
    public static final String PRODUCER = "producer";
    /** Those of the producer: one of them is poisoned. */
    public static final String FRAMES = "frames";

    /** On one Redis. */
    public Participants(int instances, int processors) {
        this(instances, processors, 1, 0);
    }

    public Participants {
        if (instances < 1 || processors < 1) {
            throw new IllegalArgumentException("a pipeline has at least one instance and one processor");
        }
        if (foreign < 0 || foreign > processors) {
            throw new IllegalArgumentException(
                    "of " + processors + " processors, 0 to all are not ours, not " + foreign);
        }
    }

    /** Whether Redis is a cluster. */
    public boolean onCluster() {
        return partitions > 1;
    }

    /** The name of an instance, from 0. */
    public static String instance(int number) {
        return "instance-" + (number + 1);
    }

    /** The name of a processor, from 0. */
    public static String processor(int number) {
        return "processor-" + (number + 1);
    }

    public List<String> allInstances() {
        return IntStream.range(0, instances).mapToObj(Participants::instance).toList();
    }

    public List<String> allProcessors() {
        return IntStream.range(0, processors).mapToObj(Participants::processor).toList();
    }

    /**
     * Whether a processor is one that is not ours: it acknowledges and deletes in one MULTI, without asking whether the frame is still its
     * own.
     */
    public boolean isForeign(String name) {
        return allForeign().contains(name);
    }

    /** All of these. */
    public Set<String> allForeign() {
        return onCluster() ? Set.of() : Set.copyOf(allProcessors().subList(processors - foreign, processors));
    }

    /** All that have connections of their own to Redis. */
    public List<String> connected() {
        return Stream.of(allInstances(), allProcessors(), List.of(PRODUCER)).flatMap(List::stream).toList();
    }
}
