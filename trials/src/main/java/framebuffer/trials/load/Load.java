package framebuffer.trials.load;

import framebuffer.wire.Names;
import java.time.Duration;
import java.util.List;

/**
 * What is sent, and by whom it may be taken.
 *
 * @param fps
 *            frames a second, of all cameras together
 * @param duration
 *            for how long
 * @param detect
 *            the capabilities that each frame is sent to; empty: any one processor
 * @param inlineBytes
 *            in each frame's {@code data}; 0: it has none
 * @param simulated
 *            processors that take part in this process
 */
record Load(double fps, int cameras, Duration duration, PriorityMix priorities, List<String> detect, int inlineBytes,
        SimulatedProcessors.Kind simulated) {
    /** Each is a bit of an {@code int} in {@link AwaitedResults}. */
    static final int MOST_CAPABILITIES = 16;

    /**
     * @throws IllegalArgumentException
     *             when a capability breaks its form, is there twice, or there are more than 16
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

    /** How many results each frame gets. */
    int parts() {
        return Math.max(1, detect.size());
    }

    /** Which part of its frame a result of this capability is, from 0; -1 when nobody asked for it. */
    int part(String capability) {
        return parts() == 1 ? 0 : detect.indexOf(capability);
    }
}
