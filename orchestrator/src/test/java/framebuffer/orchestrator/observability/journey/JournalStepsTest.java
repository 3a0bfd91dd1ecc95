package framebuffer.orchestrator.observability.journey;

import static org.assertj.core.api.Assertions.assertThat;

import framebuffer.orchestrator.observability.journey.JournalStep.StepBatch;
import framebuffer.orchestrator.observability.journey.JournalStep.TerminalState;
import framebuffer.orchestrator.observability.journey.JournalStep.TerminalStep;
import framebuffer.orchestrator.pipeline.routing.ProcessorLoads;
import framebuffer.redis.handoff.FrameSource.SourceKind;
import framebuffer.wire.EntryId;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The steps on a page of the journal. */
class JournalStepsTest {
    private static final Instant AT = Instant.ofEpochSecond(1_763_899_200);

    private static List<JournalStep> steps(byte[] page) {
        List<JournalStep> steps = new ArrayList<>();
        JournalReader.steps(page, _ -> true, (step, _) -> steps.add(step));
        return steps;
    }

    private static List<JournalStep> steps(String page) {
        return steps(page.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void theEndOfAFrameSaysWhereAndForWhichCapabilitiesItEnded() {
        TerminalStep end = new TerminalStep("a\tb", "yard\n", new EntryId(5, 1), AT, TerminalState.DEAD, "rejected",
                "no\npicture", SourceKind.RETURNED, List.of("face", "c\\ar"));
        JournalPageWriter writer = new JournalPageWriter();
        writer.add(new StepBatch(AT, ProcessorLoads.of(List.of(), List.of()), List.of(end)));
        assertThat(steps(writer.finish())).containsExactly(end);
        assertThat(end.parts()).containsExactly("5-1 face", "5-1 c\\ar");
    }

    @Test
    void anEndThatAnOlderVersionWroteNamesNoCapability() {
        assertThat(steps("\nP\nL\t7000000\t\nE\tf\tyard\t5-1\tshed\texpired\ttoo late")).singleElement()
                .satisfies(step -> {
                    assertThat(step.capabilities()).isEmpty();
                    assertThat(step.from()).isEqualTo(SourceKind.CAPTURE);
                    assertThat(step.at()).isEqualTo(Instant.ofEpochSecond(7));
                });
    }

    @Test
    void behindALineThatNobodyOfUsWroteNothingIsRead() {
        String good = "\nL\t7000000\t\nE\tf\tyard\t5-1\tshed\texpired\ttoo late";
        for (String bad : List.of("\nE\tf", "\nH\tf\tyard\t5-1", "\nL\tnever\t", "\nE\tf\tyard\tx\tshed\t\t")) {
            assertThat(steps(good + bad + good)).hasSize(1);
        }
    }
}
