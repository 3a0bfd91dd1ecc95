package framebuffer.bridge.results;

import framebuffer.wire.frame.StoredResult;
import framebuffer.wire.frame.StoredResult.ObjectFinding;
import java.util.List;
import java.util.Set;

/**
 * Which findings somebody wants.
 *
 * @param cameras empty: all
 * @param capabilities empty: all
 * @param labels empty: all
 * @param minScore least confidence; a finding without one has 1
 */
public record ResultFilter(Set<String> cameras, Set<String> capabilities, Set<String> labels, double minScore) {
    /** Every finding. */
    public static final ResultFilter ALL = new ResultFilter(Set.of(), Set.of(), Set.of(), 0);

    public ResultFilter {
        cameras = Set.copyOf(cameras);
        capabilities = Set.copyOf(capabilities);
        labels = Set.copyOf(labels);
    }

    /** The findings of a result that pass; empty: the result is not wanted. */
    public List<ObjectFinding> findings(StoredResult result) {
        if (!passes(cameras, result.cameraId()) || !passes(capabilities, result.capability())) {
            return List.of();
        }
        return result.objects().stream().filter(object -> passes(labels, object.label()) && score(object) >= minScore)
                .toList();
    }

    private static boolean passes(Set<String> wanted, String name) {
        return wanted.isEmpty() || wanted.contains(name);
    }

    private static double score(ObjectFinding object) {
        Double score = object.score();
        return score == null ? 1 : score;
    }
}
