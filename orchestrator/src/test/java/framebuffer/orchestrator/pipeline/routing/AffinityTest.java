package framebuffer.orchestrator.pipeline.routing;

import static org.assertj.core.api.Assertions.assertThat;

import framebuffer.orchestrator.pipeline.routing.RoutingDecision.AllFull;
import framebuffer.orchestrator.pipeline.routing.RoutingDecision.Choice;
import framebuffer.orchestrator.pipeline.routing.RoutingDecision.Routed;
import framebuffer.orchestrator.pipeline.routing.RoutingDecision.Unassigned;
import framebuffer.wire.CameraNeed;
import framebuffer.wire.control.Registration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;

class AffinityTest {
    private final Router router = new Router(RoutingStrategy.AFFINITY);
    private CameraAssignments agreed = new CameraAssignments("1", Map.of());
    private int most = 100;

    @BeforeEach
    void threeProcessors() {
        available("a", "b", "c");
        nextTurn();
    }

    private void available(String... ids) {
        router.available(List.of(ids).stream().map(id -> Registration.of(id, List.of("face", "car"), 10)).toList());
    }

    private void agreed(String camera, String processor) {
        agreed = agreed.after("2", Map.of(new CameraNeed(camera, "face"), processor));
        nextTurn();
    }

    /** Grants all proposals. */
    private void grant() {
        agreed = agreed.after("3", router.wishes());
        nextTurn();
    }

    private void nextTurn() {
        router.begin(agreed, most);
    }

    private void full(String... ids) {
        for (String id : ids) {
            Objects.requireNonNull(router.slot(id)).seen(0);
        }
    }

    /** The processor of a frame; null: it waits. */
    private @Nullable String goes(String camera) {
        return goes(camera, null);
    }

    private @Nullable String goes(String camera, @Nullable String avoid) {
        return router.decide(camera, List.of("face"), avoid) instanceof Routed(List<Choice> choices)
                ? choices.getFirst().slot().registration().id()
                : null;
    }

    private @Nullable String wished(String camera) {
        return router.wishes().get(new CameraNeed(camera, "face"));
    }

    @Test
    void aCameraStaysWithItsProcessorHoweverBusyThatIs() {
        agreed("cam", "b");
        Objects.requireNonNull(router.slot("b")).seen(1);
        assertThat(goes("cam")).isEqualTo("b");
        assertThat(router.wishes()).isEmpty();
    }

    @Test
    void aNewCameraIsWishedToTheOneWithTheFewestAndItsFrameWaits() {
        agreed("x", "a");
        agreed("y", "c");
        assertThat(goes("new")).isNull();
        assertThat(wished("new")).isEqualTo("b");
        grant();
        assertThat(goes("new")).isEqualTo("b");
    }

    @Test
    void fewestCountsWhatThisTurnHasWishedAlreadyAndOnlyTheSameCapability() {
        agreed = agreed.after("2", Map.of(new CameraNeed("x", "car"), "a"));
        nextTurn();
        List.of("c1", "c2", "c3", "c4").forEach(this::goes);
        assertThat(router.wishes().values()).containsExactly("a", "b", "c", "a");
    }

    @Test
    void aFrameOfACameraThatIsWishedWaitsTooAndNobodyElseTakesItsPlace() {
        agreed("own", "a");
        agreed("other", "b");
        full("b", "c");
        Objects.requireNonNull(router.slot("a")).seen(2);
        assertThat(goes("new")).isNull();
        assertThat(goes("new")).isNull();
        assertThat(goes("own")).as("both places are the new camera's").isNull();
        assertThat(router.wishes()).containsOnlyKeys(new CameraNeed("new", "face"));
    }

    @Test
    void onlyTheCamerasOfAProcessorThatIsGoneMoveAndNoneMovesBack() {
        agreed("x", "a");
        agreed("y", "b");
        available("b", "c");
        assertThat(goes("y")).isEqualTo("b");
        assertThat(goes("x")).isNull();
        assertThat(wished("x")).isEqualTo("c");
        grant();
        available("a", "b", "c");
        assertThat(goes("x")).isEqualTo("c");
    }

    @Test
    void aCameraWhoseProcessorIsFullMovesToOneThatHasRoomElseItWaits() {
        agreed("x", "a");
        full("a", "b", "c");
        assertThat(router.decide("x", List.of("face"), null)).isEqualTo(new AllFull("face"));
        assertThat(router.wishes()).isEmpty();
        Objects.requireNonNull(router.slot("c")).seen(1);
        assertThat(router.decide("x", List.of("face"), null)).isInstanceOf(Unassigned.class);
        assertThat(wished("x")).isEqualTo("c");
    }

    @Test
    void aFrameThatFailedThereGoesElsewhereAndItsCameraStays() {
        agreed("x", "a");
        assertThat(goes("x", "a")).isIn("b", "c");
        assertThat(goes("x", "b")).isEqualTo("a");
        full("b", "c");
        assertThat(goes("x", "a")).isEqualTo("a");
        assertThat(router.wishes()).isEmpty();
    }

    @Test
    void whatCannotGoForWantOfAnotherCapabilityMovesNoCamera() {
        router.available(List.of(Registration.of("a", List.of("face"), 10), Registration.of("z", List.of("car"), 10)));
        full("z");
        assertThat(router.decide("x", List.of("face", "car"), null)).isEqualTo(new AllFull("car"));
        assertThat(router.wishes()).isEmpty();
    }

    @Test
    void aFrameThatNamesNoCapabilityHasAProcessorToo() {
        router.decide("x", List.of(), null);
        assertThat(router.wishes()).containsExactly(Map.entry(new CameraNeed("x", ""), "a"));
    }

    @Test
    void beyondTheLimitACameraIsNotRememberedAndStillKeepsItsProcessor() {
        most = 1;
        agreed("x", "a");
        router.slots().forEach(slot -> slot.seen(1_000));
        List<String> first = IntStream.range(0, 50).mapToObj(i -> String.valueOf(goes("cam" + i))).toList();
        assertThat(first).contains("a", "b", "c");
        assertThat(IntStream.range(0, 50).mapToObj(i -> String.valueOf(goes("cam" + i))))
                .containsExactlyElementsOf(first);
        assertThat(router.wishes()).isEmpty();
        available("b", "c");
        assertThat(goes("x")).isNull();
        assertThat(wished("x")).as("the existing assignment is moved").isNotNull();
    }

    @RepeatedTest(20)
    void whateverComesAndGoesCamerasAreWithinOneOfEvenAndMoveOnlyWhenTheyMust(RepetitionInfo run) {
        Random random = new Random(run.getCurrentRepetition());
        most = 1_000;
        IntStream.range(0, 100).forEach(i -> {
            goes("cam" + i);
            if (random.nextInt(5) == 0) {
                router.slots().forEach(slot -> slot.seen(1_000));
                grant();
            }
        });
        grant();
        assertThat(shares().values()).allSatisfy(n -> assertThat(n).isBetween(33, 34));
        Map<CameraNeed, String> before = new HashMap<>(placed());
        available("a", "c");
        router.slots().forEach(slot -> slot.seen(1_000));
        IntStream.range(0, 100).forEach(i -> goes("cam" + i));
        grant();
        placed().forEach((need, processor) -> assertThat(processor)
                .isEqualTo("b".equals(before.get(need)) ? processor : before.get(need)).isNotEqualTo("b"));
        assertThat(shares().values()).allSatisfy(n -> assertThat(n).isEqualTo(50));
    }

    private Map<String, Integer> shares() {
        Map<String, Integer> shares = new HashMap<>();
        placed().values().forEach(processor -> shares.merge(processor, 1, Integer::sum));
        return shares;
    }

    private Map<CameraNeed, String> placed() {
        Map<CameraNeed, String> placed = new HashMap<>();
        for (CameraNeed need : new ArrayList<>(
                IntStream.range(0, 100).mapToObj(i -> new CameraNeed("cam" + i, "face")).toList())) {
            placed.put(need, Objects.requireNonNull(agreed.processor(need)));
        }
        return placed;
    }
}
