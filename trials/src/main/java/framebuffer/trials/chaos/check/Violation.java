package framebuffer.trials.chaos.check;

/**
 * A frame with a wrong end.
 *
 * @param story the record of the frame
 */
public record Violation(ViolationType kind, FrameLog.FrameHistory story) {

    /** The kind of violation. */
    public enum ViolationType {
        LOST("Redis confirmed the frame, but it has no end"), DOUBLED(
                "the frame has two results: it was handed off twice"), ENDED_TWICE(
                        "the frame ended in two ways"), DEAD_WITHOUT_CAUSE(
                                "the frame became a dead letter without a cause"), SHED_WITHOUT_CAUSE(
                                        "the frame was shed without a cause"), POISON_NOT_DEAD(
                                                "the poison frame is not a dead letter with the reason max_attempts after 5 attempts"), NEVER_STORED(
                                                        "Redis refused the frame, but it has an end");

        private final String meaning;

        ViolationType(String meaning) {
            this.meaning = meaning;
        }

        /** The violation as text. */
        public String meaning() {
            return meaning;
        }
    }
}
