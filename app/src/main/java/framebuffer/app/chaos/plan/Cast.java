package framebuffer.app.chaos.plan;

import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Who takes part.
 *
 * @param instances
 *            how many, at least 1
 * @param processors
 *            how many, at least 1
 */
public record Cast(int instances, int processors) {
    public static final String REDIS = "redis";
    public static final String PRODUCER = "producer";
    /** Those of the producer: one of them is poisoned. */
    public static final String FRAMES = "frames";

    public Cast {
        if (instances < 1 || processors < 1) {
            throw new IllegalArgumentException("a pipeline has at least one instance and one processor");
        }
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
        return IntStream.range(0, instances).mapToObj(Cast::instance).toList();
    }

    public List<String> allProcessors() {
        return IntStream.range(0, processors).mapToObj(Cast::processor).toList();
    }

    /** All that have connections of their own to Redis. */
    public List<String> connected() {
        return Stream.of(allInstances(), allProcessors(), List.of(PRODUCER)).flatMap(List::stream).toList();
    }
}
