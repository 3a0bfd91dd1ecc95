package framebuffer.orchestrator.pipeline.admission;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Counts waiting frames by the capability that is full: a whole line counts for the one that refused its first frame. For one thread. */
public final class Shortage {
    private final Map<List<String>, String> wanting = new HashMap<>();

    /** The first frame of this line waits because all processors with this capability are full. */
    public void waits(List<String> needs, String capability) {
        wanting.put(needs, capability);
    }

    /** The first frame of this line goes, or waits for another reason. */
    public void none(List<String> needs) {
        wanting.remove(needs);
    }

    /**
     * Capability → waiting frames; {@code ""}: any processor.
     *
     * @param lengths needs → frames in that line
     */
    public Map<String, Integer> of(Map<List<String>, Integer> lengths) {
        wanting.keySet().retainAll(lengths.keySet());
        Map<String, Integer> waiting = new HashMap<>();
        wanting.forEach((needs, capability) -> waiting.merge(capability, lengths.getOrDefault(needs, 0),
                Integer::sum));
        return waiting;
    }
}
