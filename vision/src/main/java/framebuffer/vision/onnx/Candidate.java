package framebuffer.vision.onnx;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * A box that a model has proposed.
 *
 * @param label number of its class, from 0
 * @param score confidence, 0 to 1
 */
record Candidate(int label, double score, Box box) {
    /** Maximum number of candidates that are compared with each other. A threshold near 0 lets thousands pass. */
    static final int MOST_COMPARED = 3_000;
    /** Maximum number of objects in one picture. */
    static final int MOST_KEPT = 300;

    /**
     * Non-maximum suppression: the best candidate of each object, the most confident first.
     *
     * @param overlap candidates with the same label that overlap more than this show the same object
     */
    static List<Candidate> best(List<Candidate> all, double overlap) {
        List<Candidate> kept = new ArrayList<>();
        for (Candidate one : sorted(all)) {
            if (kept.size() < MOST_KEPT && kept.stream().noneMatch(better -> better.label == one.label
                    && better.box.overlap(one.box) > overlap)) {
                kept.add(one);
            }
        }
        return kept;
    }

    private static List<Candidate> sorted(List<Candidate> all) {
        return all.stream().sorted(Comparator.comparingDouble(Candidate::score).reversed()).limit(MOST_COMPARED)
                .toList();
    }
}
