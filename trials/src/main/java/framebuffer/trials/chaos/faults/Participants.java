package framebuffer.trials.chaos.faults;

import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * The participants of a run.
 *
 * @param instances number of instances, at least 1
 * @param processors number of processors, at least 1
 * @param partitions number of partitions on a cluster; 1: a single Redis
 * @param foreign number of foreign processors, on a single Redis: the last ones
 * @param python the processors that use the Python client: the first ones
 */
public record Participants(int instances, int processors, int partitions, int foreign, PythonProcessors python) {
    public static final String REDIS = "redis";
    public static final String PRODUCER = "producer";
    /** The frames of the producer, one of which is poisoned. */
    public static final String FRAMES = "frames";

    /**
     * Processors that use the Python client.
     *
     * @param number of processors
     * @param program an interpreter that can import the client
     */
    public record PythonProcessors(int number, String program) {
        public static final PythonProcessors NONE = new PythonProcessors(0, "");
    }

    /** Participants on a single Redis. */
    public Participants(int instances, int processors) {
        this(instances, processors, 1, 0, PythonProcessors.NONE);
    }

    public Participants {
        if (instances < 1 || processors < 1) {
            throw new IllegalArgumentException("a pipeline has at least one instance and one processor");
        }
        if (foreign < 0 || python.number() < 0 || foreign + python.number() > processors) {
            throw new IllegalArgumentException(
                    "of " + processors + " processors, " + foreign + " cannot be foreign and "
                            + python.number() + " use the Python client");
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

    /** Whether a processor uses the Python client. */
    public boolean isPython(String name) {
        return allProcessors().indexOf(name) < python.number();
    }

    /** Whether a processor is foreign: it acknowledges and deletes in one MULTI, even if it no longer owns the frame. */
    public boolean isForeign(String name) {
        return allForeign().contains(name);
    }

    /** All of these. */
    public Set<String> allForeign() {
        return onCluster() ? Set.of() : Set.copyOf(allProcessors().subList(processors - foreign, processors));
    }

    /** All participants with connections to Redis. */
    public List<String> connected() {
        return Stream.of(allInstances(), allProcessors(), List.of(PRODUCER)).flatMap(List::stream).toList();
    }
}
