package framebuffer.trials.chaos.check;

/**
 * A frame with a wrong end.
 *
 * @param story
 *            the record of the frame
 */
public record Violation(ViolationType kind, FrameLog.FrameHistory story) {

    /** The kind of violation. */
    public enum ViolationType {
        LOST("its producer was told that it is stored, and it has no end"), DOUBLED(
                "it has two results: it was handed off twice"), ENDED_TWICE(
                        "it has come to its end in two ways"), DEAD_WITHOUT_CAUSE(
                                "it was given up on, and nothing was wrong with it"), SHED_WITHOUT_CAUSE(
                                        "it was shed, and nothing allows that"), POISON_NOT_DEAD(
                                                "nobody can process it, and yet it is no dead letter with the reason max_attempts, after 5 attempts"), NEVER_STORED(
                                                        "Redis had refused it, and yet it came to an end");

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
