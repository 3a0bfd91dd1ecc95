package framebuffer.orchestrator.observability.journey;

/** The words on a page. */
final class JournalToken {
    private JournalToken() {
    }

    static char of(JournalStep.StepSource from) {
        return switch (from) {
            case CAPTURE -> 'c';
            case RETURNED -> 'r';
            case QUEUE -> 'q';
        };
    }

    static JournalStep.StepSource from(String word) {
        return switch (word) {
            case "c" -> JournalStep.StepSource.CAPTURE;
            case "r" -> JournalStep.StepSource.RETURNED;
            case "q" -> JournalStep.StepSource.QUEUE;
            default -> throw new IllegalArgumentException(word);
        };
    }

    static char of(JournalStep.HandOffResult outcome) {
        return switch (outcome) {
            case HANDED_OFF -> 'h';
            case FULL -> 'f';
            case CLOSED -> 'x';
        };
    }

    static JournalStep.HandOffResult outcome(String word) {
        return switch (word) {
            case "h" -> JournalStep.HandOffResult.HANDED_OFF;
            case "f" -> JournalStep.HandOffResult.FULL;
            case "x" -> JournalStep.HandOffResult.CLOSED;
            default -> throw new IllegalArgumentException(word);
        };
    }

    static String of(JournalStep.TerminalState ending) {
        return switch (ending) {
            case DEAD -> "dead";
            case SHED -> "shed";
        };
    }

    static JournalStep.TerminalState ending(String word) {
        return switch (word) {
            case "dead" -> JournalStep.TerminalState.DEAD;
            case "shed" -> JournalStep.TerminalState.SHED;
            default -> throw new IllegalArgumentException(word);
        };
    }
}
