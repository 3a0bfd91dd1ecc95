package framebuffer.orchestrator.pipeline.admission;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** For want of which capability frames wait: of a line it is the one that its first was refused for. For one thread. */
public final class Shortage {
    private final Map<List<String>, String> wanting = new HashMap<>();

    /** One with these needs waits, for all who offer this capability are full. */
    public void waits(List<String> needs, String capability) {
        wanting.put(needs, capability);
    }

    /** One with these needs goes, or waits for something else than room. */
    public void none(List<String> needs) {
        wanting.remove(needs);
    }

    /**
     * How many wait for each capability; for {@code ""}: for any processor.
     *
     * @param lengths
     *            how many wait in each line
     */
    public Map<String, Integer> of(Map<List<String>, Integer> lengths) {
        wanting.keySet().retainAll(lengths.keySet());
        Map<String, Integer> waiting = new HashMap<>();
        wanting.forEach((needs, capability) -> waiting.merge(capability, lengths.getOrDefault(needs, 0),
                Integer::sum));
        return waiting;
    }
}
