package framebuffer.trials.chaos.check;

/**
 * A frame that did not end as it must.
 *
 * @param story
 *            all that is known of it
 */
public record Violation(ViolationType kind, FrameLog.FrameHistory story) {

    /** What is wrong with it. */
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

        /** In words. */
        public String meaning() {
            return meaning;
        }
    }
}
