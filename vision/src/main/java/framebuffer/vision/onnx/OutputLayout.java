package framebuffer.vision.onnx;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** How the output of a model is read: one box has a number of values, its channels. */
enum OutputLayout {
    /** Centre, width and height, and one score for each label; the same channel of all boxes lies together. */
    CHANNELS_FIRST("[batch, 4 + labels, boxes]"),
    /** The same, box by box. */
    BOXES_FIRST("[batch, boxes, 4 + labels]"),
    /** Box by box, with the score that there is an object at all before the scores of the labels. */
    OBJECTNESS("[batch, boxes, 5 + labels]"),
    /** Box by box: two corners, score, label. The model has suppressed all but the best boxes itself. */
    END_TO_END("[batch, boxes, 6]");

    private static final int CORNERS = 4;
    private static final int END_TO_END_CHANNELS = 6;
    /** Models that suppress boxes themselves keep at most a few hundred; others propose thousands. */
    private static final int MOST_KEPT_BY_A_MODEL = 1_000;

    private final String shape;

    OutputLayout(String shape) {
        this.shape = shape;
    }

    /** The shape of its output. */
    String shape() {
        return shape;
    }

    /** The shapes of all layouts, for messages. */
    static String shapes() {
        return Arrays.stream(values()).map(OutputLayout::shape).collect(Collectors.joining(", "));
    }

    /**
     * The layout of an output of this shape; empty: none is that of a model with so many labels.
     *
     * @param shape as the model gave it in a run
     */
    static Optional<OutputLayout> of(long[] shape, int labels) {
        if (shape.length != 3) {
            return Optional.empty();
        }
        // With one or two labels, six values per box also fit a model that proposes thousands of boxes.
        boolean proposals = shape[1] > MOST_KEPT_BY_A_MODEL;
        if (shape[2] == END_TO_END_CHANNELS && !(proposals && labels <= 2)) {
            return Optional.of(END_TO_END);
        } else if (shape[1] == CORNERS + labels) {
            return Optional.of(CHANNELS_FIRST);
        } else if (shape[2] == CORNERS + labels) {
            return Optional.of(BOXES_FIRST);
        }
        return shape[2] == CORNERS + 1 + labels ? Optional.of(OBJECTNESS) : Optional.empty();
    }

    /** Number of values of one box. */
    private int channels(int labels) {
        return switch (this) {
            case CHANNELS_FIRST, BOXES_FIRST -> CORNERS + labels;
            case OBJECTNESS -> CORNERS + 1 + labels;
            case END_TO_END -> END_TO_END_CHANNELS;
        };
    }

    /**
     * The boxes of one picture that reach the score, in pixels of the model's input.
     *
     * @param values the output for one picture
     */
    List<Candidate> candidates(float[] values, int labels, double minScore) {
        int channels = channels(labels);
        int boxes = values.length / channels;
        List<Candidate> found = new ArrayList<>();
        for (int box = 0; box < boxes; box++) {
            Proposal proposal = this == CHANNELS_FIRST
                    ? new Proposal(values, box, boxes)
                    : new Proposal(values, box * channels, 1);
            Candidate candidate = candidate(proposal, labels, minScore);
            // A score that is not a number is not above any threshold.
            if (candidate.score() >= minScore && candidate.box().isReal()) {
                found.add(candidate);
            }
        }
        return found;
    }

    private Candidate candidate(Proposal proposal, int labels, double minScore) {
        return switch (this) {
            case CHANNELS_FIRST, BOXES_FIRST -> proposal.best(CORNERS, labels, 1);
            case OBJECTNESS -> proposal.at(CORNERS) >= minScore
                    ? proposal.best(CORNERS + 1, labels, proposal.at(CORNERS))
                    : new Candidate(0, 0, proposal.around());
            case END_TO_END -> new Candidate((int) proposal.at(5), proposal.at(4), new Box(proposal.at(0),
                    proposal.at(1), proposal.at(2), proposal.at(3)));
        };
    }

    /** The values of one box within an output. */
    private static final class Proposal {
        private final float[] values;
        private final int from;
        /** Distance between two of its values. */
        private final int step;

        Proposal(float[] values, int from, int step) {
            this.values = values;
            this.from = from;
            this.step = step;
        }

        float at(int channel) {
            return values[from + channel * step];
        }

        Box around() {
            return Box.around(at(0), at(1), at(2), at(3));
        }

        Candidate best(int first, int labels, double factor) {
            int best = 0;
            for (int label = 1; label < labels; label++) {
                if (at(first + label) > at(first + best)) {
                    best = label;
                }
            }
            return new Candidate(best, at(first + best) * factor, around());
        }
    }
}
