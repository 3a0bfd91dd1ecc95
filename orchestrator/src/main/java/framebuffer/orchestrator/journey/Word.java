package framebuffer.orchestrator.journey;

/** The words on a page. */
final class Word {
    private Word() {
    }

    static char of(Step.From from) {
        return switch (from) {
            case CAPTURE -> 'c';
            case RETURNED -> 'r';
            case QUEUE -> 'q';
        };
    }

    static Step.From from(String word) {
        return switch (word) {
            case "c" -> Step.From.CAPTURE;
            case "r" -> Step.From.RETURNED;
            case "q" -> Step.From.QUEUE;
            default -> throw new IllegalArgumentException(word);
        };
    }

    static char of(Step.Outcome outcome) {
        return switch (outcome) {
            case HANDED_OFF -> 'h';
            case FULL -> 'f';
            case CLOSED -> 'x';
        };
    }

    static Step.Outcome outcome(String word) {
        return switch (word) {
            case "h" -> Step.Outcome.HANDED_OFF;
            case "f" -> Step.Outcome.FULL;
            case "x" -> Step.Outcome.CLOSED;
            default -> throw new IllegalArgumentException(word);
        };
    }

    static String of(Step.Ending ending) {
        return switch (ending) {
            case DEAD -> "dead";
            case SHED -> "shed";
        };
    }

    static Step.Ending ending(String word) {
        return switch (word) {
            case "dead" -> Step.Ending.DEAD;
            case "shed" -> Step.Ending.SHED;
            default -> throw new IllegalArgumentException(word);
        };
    }
}
