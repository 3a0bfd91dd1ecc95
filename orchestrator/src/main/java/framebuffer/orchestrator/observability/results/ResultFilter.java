package framebuffer.orchestrator.observability.results;

import framebuffer.wire.frame.StoredResult;
import org.jspecify.annotations.Nullable;

/**
 * Which results are wanted.
 *
 * @param camera only results for frames of this camera; null: of every camera
 * @param capability only results of this capability; null: of every capability
 * @param label only results with an object of this label; null: with any objects or none
 * @param minScore only results with an object of at least this score, which also has the label, if one is wanted; null: any score
 */
public record ResultFilter(@Nullable String camera, @Nullable String capability, @Nullable String label,
        @Nullable Double minScore) {
    /** All results. */
    public static final ResultFilter ALL = new ResultFilter(null, null, null, null);

    /** Whether the result is wanted. */
    public boolean accepts(StoredResult result) {
        return (camera == null || camera.equals(result.cameraId()))
                && (capability == null || capability.equals(result.capability()))
                && ((label == null && minScore == null) || result.objects().stream().anyMatch(this::accepts));
    }

    private boolean accepts(StoredResult.ObjectFinding object) {
        Double score = object.score();
        return (label == null || label.equals(object.label()))
                && (minScore == null || (score != null && score >= minScore));
    }
}
