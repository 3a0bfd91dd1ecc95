package framebuffer.orchestrator.pipeline.routing;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** How one of several processors is chosen. A strategy sees only processors that have room. */
public enum RoutingStrategy {
    /** The one with the lowest utilization; ties in turn, so that equal processors share evenly. */
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

    /** One after the other. */
    ROUND_ROBIN {
        @Override
        int choose(List<ProcessorSlot> withRoom, long turn) {
            return (int) (turn % withRoom.size());
        }
    },

    /**
     * The one that has this camera already ({@link AffinityPolicy}); its frames reach it in the order of their capture. A frame that
     * has failed there goes to the least loaded.
     */
    AFFINITY {
        @Override
        int choose(List<ProcessorSlot> withRoom, long turn) {
            return LEAST_LOADED.choose(withRoom, turn);
        }
    };

    /**
     * Chooses.
     *
     * @param withRoom
     *            at least one, in a stable order
     * @param turn
     *            how many choices of this kind came before
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
     * @throws IllegalArgumentException
     *             naming those that exist
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
