package framebuffer.trials.chaos;

import framebuffer.trials.chaos.check.FrameNature;
import framebuffer.wire.text.Fields;

/**
 * The frames of a run, by number.
 *
 * @param seed part of their ids
 */
record ChaosFrames(long seed, int cameras) {
    /** The capability that all frames need and all processors offer. */
    static final String CAPABILITY = "chaos";

    private static final int PRIORITIES = 11;
    private static final int ONE_HASTY_IN = 50;
    private static final int HASTY_MILLIS = 3_000;

    /** The nature of a frame that is not poison. */
    static FrameNature nature(int frame) {
        return frame % ONE_HASTY_IN == ONE_HASTY_IN - 1 ? FrameNature.HASTY : FrameNature.PLAIN;
    }

    /** The id of a frame. */
    String id(int frame) {
        return "chaos-" + seed + '-' + frame;
    }

    /** The number of a frame by its id; -1: not a frame of this run. */
    long number(String id) {
        String prefix = "chaos-" + seed + '-';
        try {
            return id.startsWith(prefix) ? Long.parseLong(id.substring(prefix.length())) : -1;
        } catch (NumberFormatException e) {
            return -1;
        }
    }

    /** The camera of a frame. */
    String camera(int frame) {
        return "chaos-" + (frame % cameras + 1);
    }

    Fields fields(int frame, FrameNature nature) {
        Fields.Writer fields = new Fields.Writer(12).put("frame_id", id(frame))
                .put("camera_id", camera(frame)).put("detection_type", CAPABILITY)
                .put("priority", Integer.toString(frame % PRIORITIES == 0 ? frame / PRIORITIES % PRIORITIES : 0));
        if (nature == FrameNature.HASTY) {
            fields.put("ttl_ms", Integer.toString(HASTY_MILLIS));
        } else if (nature.isPoison()) {
            fields.put(FrameNature.FIELD, nature.word());
        }
        return fields.fields();
    }
}
