package framebuffer.orchestrator.observability.journey;

import framebuffer.redis.handoff.FrameSource.SourceKind;

/** The words on a journal page. */
final class JournalToken {
    private JournalToken() {
    }

    static char of(SourceKind from) {
        return switch (from) {
            case CAPTURE -> 'c';
            case RETURNED -> 'r';
            case QUEUE -> 'q';
        };
    }

    static SourceKind from(String word) {
        return switch (word) {
            case "c" -> SourceKind.CAPTURE;
            case "r" -> SourceKind.RETURNED;
            case "q" -> SourceKind.QUEUE;
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
