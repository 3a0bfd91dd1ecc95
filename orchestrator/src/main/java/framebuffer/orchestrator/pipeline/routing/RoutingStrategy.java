package framebuffer.orchestrator.pipeline.routing;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** How a processor is chosen among those with room. */
public enum RoutingStrategy {
    /** The lowest utilization; ties take turns, so that equal processors share evenly. */
    LEAST_LOADED {
        @Override
        int choose(List<ProcessorSlot> withRoom, long turn) {
            int start = (int) (turn % withRoom.size());
            int best = start;
            for (int i = 1; i < withRoom.size(); i++) {
                int candidate = (start + i) % withRoom.size();
                if (lessLoaded(withRoom.get(candidate), withRoom.get(best))) {
                    best = candidate;
                }
            }
            return best;
        }
    },

    /** Each processor in turn. */
    ROUND_ROBIN {
        @Override
        int choose(List<ProcessorSlot> withRoom, long turn) {
            return (int) (turn % withRoom.size());
        }
    },

    /**
     * The processor of the camera ({@link AffinityPolicy}), which gets its frames in capture order. A frame that failed there goes to the
     * least loaded.
     */
    AFFINITY {
        @Override
        int choose(List<ProcessorSlot> withRoom, long turn) {
            return LEAST_LOADED.choose(withRoom, turn);
        }
    };

    /**
     * Chooses a processor.
     *
     * @param withRoom at least one, in a stable order
     * @param turn number of earlier choices of this kind
     * @return an index into {@code withRoom}
     */
    abstract int choose(List<ProcessorSlot> withRoom, long turn);

    /** The name in the configuration: {@code least_loaded}. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /**
     * The strategy of this name.
     *
     * @throws IllegalArgumentException naming the known strategies
     */
    public static RoutingStrategy named(String word) {
        return Arrays.stream(values()).filter(strategy -> strategy.word().equals(word)).findAny()
                .orElseThrow(() -> new IllegalArgumentException("unknown routing strategy \"" + word + "\"; known are "
                        + Arrays.stream(values()).map(RoutingStrategy::word).collect(Collectors.joining(", "))));
    }

    /** Compares outstanding/capacity without dividing. */
    private static boolean lessLoaded(ProcessorSlot a, ProcessorSlot b) {
        return (long) a.outstanding() * b.registration().capacity() < (long) b.outstanding()
                * a.registration().capacity();
    }
}
