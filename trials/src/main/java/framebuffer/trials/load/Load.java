package framebuffer.trials.load;

import framebuffer.wire.Names;
import java.time.Duration;
import java.util.List;

/**
 * The parameters of a load.
 *
 * @param fps frames per second, of all cameras together
 * @param duration duration of the load
 * @param detect capabilities that each frame needs; empty: any one processor
 * @param inlineBytes bytes in each frame's {@code data}; 0: none
 * @param simulated processors in this process
 */
record Load(double fps, int cameras, Duration duration, PriorityMix priorities, List<String> detect, int inlineBytes,
        SimulatedProcessors.Kind simulated) {
    /** Each is a bit of an {@code int} in {@link AwaitedResults}. */
    static final int MOST_CAPABILITIES = 16;

    /**
     * @throws IllegalArgumentException when a capability is invalid or duplicate, or there are more than 16
     */
    Load {
        detect = List.copyOf(detect);
        if (detect.size() > MOST_CAPABILITIES || detect.stream().distinct().count() < detect.size()) {
            throw new IllegalArgumentException("detect: name up to " + MOST_CAPABILITIES + " capabilities, each once");
        }
        if (!detect.stream().allMatch(Names::isCapability)) {
            throw new IllegalArgumentException("detect: a capability has 1 to 128 characters, none of them a control"
                    + " character or surrounding space");
        }
    }

    /** The number of results of each frame. */
    int parts() {
        return Math.max(1, detect.size());
    }

    /** The index of this capability among the results of a frame, from 0; -1: not requested. */
    int part(String capability) {
        return parts() == 1 ? 0 : detect.indexOf(capability);
    }
}
