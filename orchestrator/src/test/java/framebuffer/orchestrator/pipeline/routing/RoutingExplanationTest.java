package framebuffer.orchestrator.pipeline.routing;

import static org.assertj.core.api.Assertions.assertThat;

import framebuffer.orchestrator.pipeline.routing.RoutingExplanation.Candidate;
import framebuffer.orchestrator.pipeline.routing.RoutingExplanation.Contender;
import framebuffer.orchestrator.pipeline.routing.RoutingExplanation.ExplainedChoice;
import framebuffer.orchestrator.pipeline.routing.RoutingExplanation.RoutingQuery;
import framebuffer.wire.CameraNeed;
import framebuffer.wire.control.Registration;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class RoutingExplanationTest {

    private static Contender contender(String id, long outstanding, @Nullable String barred, String... capabilities) {
        return new Contender(Registration.of(id, List.of(capabilities), 10), barred,
                outstanding < 0 ? OptionalLong.empty() : OptionalLong.of(outstanding));
    }

    private static RoutingExplanation explain(List<String> needs, Contender... contenders) {
        return RoutingExplanation.of(
                new RoutingQuery(RoutingStrategy.LEAST_LOADED, "cam", needs, CameraAssignments.UNREAD, 0),
                List.of(contenders));
    }

    private static List<Candidate> candidates(RoutingExplanation explanation) {
        return explanation.choices().getLast().candidates();
    }

    @Test
    void theLeastLoadedIsChosenAndEveryOtherSaysWhyItIsNot() {
        RoutingExplanation explanation = explain(List.of("face"), contender("a", 5, null, "face"),
                contender("b", 2, null, "face"), contender("c", 10, null, "face"), contender("d", 0, null, "car"),
                contender("e", 0, "is draining", "face"), contender("f", -1, null, "face"));
        assertThat(explanation.refusal()).isNull();
        assertThat(explanation.choices()).singleElement().extracting(ExplainedChoice::processorId).isEqualTo("b");
        assertThat(candidates(explanation)).containsExactly(new Candidate("a", 0.5, true, "has room for 5 of 10"),
                new Candidate("b", 0.2, true, "has room for 8 of 10"),
                new Candidate("c", 1, false, "is full: 10 of 10 outstanding"),
                new Candidate("d", 0, false, "does not offer face"), new Candidate("e", 0, false, "is draining"),
                new Candidate("f", 0, false, "has no queue: its key is missing, or is not a stream"));
    }

    @Test
    void aCameraThatHasAProcessorStaysWithItAndANewOneGoesToWhoHasTheFewest() {
        CameraAssignments assignments = new CameraAssignments("1", Map.of(new CameraNeed("mine", "face"), "b"));
        List<Contender> contenders = List.of(contender("a", 5, null, "face"), contender("b", 8, null, "face"));
        assertThat(RoutingExplanation
                .of(new RoutingQuery(RoutingStrategy.AFFINITY, "mine", List.of("face"), assignments, 10),
                        contenders)
                .choices()).extracting(ExplainedChoice::processorId).containsExactly("b");
        assertThat(RoutingExplanation
                .of(new RoutingQuery(RoutingStrategy.AFFINITY, "new", List.of("face"), assignments, 10),
                        contenders)
                .choices()).extracting(ExplainedChoice::processorId).containsExactly("a");
    }

    @Test
    void aFrameThatNamesNoCapabilityMayGoToAnybody() {
        RoutingExplanation explanation = explain(List.of(), contender("a", 5, null, "face"),
                contender("b", 2, null, "car"));
        assertThat(explanation.choices()).singleElement().returns("", ExplainedChoice::capability).returns("b",
                ExplainedChoice::processorId);
    }

    @Test
    void eachCapabilityIsAChoiceThatSeesTheRoomTakenByThoseBefore() {
        RoutingExplanation explanation = explain(List.of("face", "car"), contender("a", 9, null, "face", "car"),
                contender("b", 9, null, "car"));
        assertThat(explanation.choices()).extracting(ExplainedChoice::processorId).containsExactly("a", "b");
        assertThat(candidates(explanation)).extracting(Candidate::eligible).containsExactly(false, true);
        RoutingExplanation tooMuch = explain(List.of("face", "car"), contender("a", 9, null, "face", "car"));
        assertThat(tooMuch.refusal()).isEqualTo("no processor that offers car has room");
        assertThat(candidates(tooMuch)).extracting(Candidate::reason)
                .containsExactly("is full: 10 of 10 outstanding");
    }

    @Test
    void itSaysForWhatNobodyIsThere() {
        assertThat(explain(List.of("age"), contender("a", 0, null, "face")).refusal())
                .isEqualTo("no usable processor offers age");
        assertThat(explain(List.of("face"), contender("a", 0, "is unhealthy", "face")).refusal())
                .isEqualTo("no usable processor offers face");
        assertThat(explain(List.of()).refusal()).isEqualTo("no usable processor is registered");
        assertThat(explain(List.of(), contender("a", 12, null, "face")).refusal()).isEqualTo("no processor has room");
    }

    @Test
    void itEndsWithTheFirstCapabilityThatNobodyCanTake() {
        assertThat(explain(List.of("age", "face"), contender("a", 0, null, "face")).choices()).singleElement()
                .returns("age", ExplainedChoice::capability).returns(null, ExplainedChoice::processorId);
    }
}
