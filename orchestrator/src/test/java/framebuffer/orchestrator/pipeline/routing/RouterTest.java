package framebuffer.orchestrator.pipeline.routing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import framebuffer.orchestrator.pipeline.routing.RoutingDecision.AllFull;
import framebuffer.orchestrator.pipeline.routing.RoutingDecision.NoCapability;
import framebuffer.orchestrator.pipeline.routing.RoutingDecision.Routed;
import framebuffer.wire.control.Registration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;

class RouterTest {
    private Router router = new Router(RoutingStrategy.LEAST_LOADED);

    private static Registration processor(String id, int capacity, String... capabilities) {
        return Registration.of(id, List.of(capabilities), capacity);
    }

    private void available(Registration... registrations) {
        router.available(List.of(registrations));
    }

    private ProcessorSlot slot(String id) {
        return Objects.requireNonNull(router.slot(id));
    }

    private List<String> chosen(@Nullable String avoid, String... needs) {
        return router.decide("cam", List.of(needs), avoid) instanceof Routed(List<RoutingDecision.Choice> choices)
                ? choices.stream().map(choice -> choice.slot().registration().id()).toList()
                : List.of();
    }

    private Map<String, Integer> chosenOf(int frames, String need) {
        Map<String, Integer> counts = new HashMap<>();
        for (int i = 0; i < frames; i++) {
            counts.merge(chosen(null, need).getFirst(), 1, Integer::sum);
        }
        return counts;
    }

    @Test
    void aFrameGoesToAProcessorThatOffersItsCapability() {
        available(processor("face-1", 10, "face"), processor("car-1", 10, "car"));
        assertThat(chosen(null, "car")).containsExactly("car-1");
    }

    @Test
    void aFrameThatNamesNoCapabilityGoesToAnyone() {
        available(processor("car-1", 1, "car"));
        assertThat(chosen(null)).containsExactly("car-1");
    }

    @Test
    void withoutACapableProcessorTheMissingCapabilityIsNamed() {
        available(processor("face-1", 10, "face"));
        assertThat(router.decide("cam", List.of("car"), null)).isEqualTo(new NoCapability("car"));
    }

    @Test
    void whenAllAreFullTheCapabilityIsNamed() {
        available(processor("face-1", 1, "face"));
        chosen(null, "face");
        assertThat(router.decide("cam", List.of("face"), null)).isEqualTo(new AllFull("face"));
    }

    @Test
    void equalProcessorsShareTheFramesOfOneCameraEvenly() {
        for (RoutingStrategy strategy : List.of(RoutingStrategy.LEAST_LOADED, RoutingStrategy.ROUND_ROBIN)) {
            router = new Router(strategy);
            available(processor("a", 100, "face"), processor("b", 100, "face"));
            assertThat(chosenOf(100, "face").values()).allSatisfy(n -> assertThat(n).isBetween(40, 60));
        }
    }

    @Test
    void leastLoadedGoesByUtilizationNotByNumbers() {
        available(processor("small", 10, "face"), processor("large", 100, "face"));
        slot("small").seen(5);
        slot("large").seen(60);
        assertThat(chosen(null, "face")).containsExactly("large");
    }

    @Test
    void roundRobinTakesTurnsAmongThoseWithRoom() {
        router = new Router(RoutingStrategy.ROUND_ROBIN);
        available(processor("a", 9, "face"), processor("b", 9, "face"), processor("c", 9, "face"));
        slot("b").seen(0);
        assertThat(Stream.generate(() -> chosen(null, "face").getFirst()).limit(4)).containsExactly("a", "c", "a", "c");
    }

    @Test
    void severalCapabilitiesAreRoutedTogetherOrNotAtAll() {
        available(processor("face-1", 1, "face"), processor("car-1", 1, "car"));
        assertThat(chosen(null, "face", "car")).containsExactly("face-1", "car-1");
        slot("face-1").release();
        assertThat(router.decide("cam", List.of("face", "car"), null)).isEqualTo(new AllFull("car"));
        assertThat(slot("face-1").room()).as("its reserved place is given back").isOne();
    }

    @Test
    void oneProcessorForTwoCapabilitiesNeedsRoomForBoth() {
        available(processor("both", 1, "face", "car"));
        assertThat(router.decide("cam", List.of("face", "car"), null)).isEqualTo(new AllFull("car"));
        available(processor("both", 2, "face", "car"));
        assertThat(chosen(null, "face", "car")).containsExactly("both", "both");
    }

    @Test
    void theProcessorThatFailedIsChosenOnlyWhenNoOtherHasRoom() {
        available(processor("a", 5, "face"), processor("b", 1, "face"));
        assertThat(chosen("a", "face")).containsExactly("b");
        assertThat(chosen("a", "face")).containsExactly("a");
    }

    @Test
    void aProcessorWhoseQueueIsNoStreamGetsNothingUntilItIsOne() {
        available(processor("a", 5, "face"));
        slot("a").close();
        assertThat(router.decide("cam", List.of("face"), null)).isEqualTo(new AllFull("face"));
        slot("a").seen(5);
        assertThat(chosen(null, "face")).containsExactly("a");
    }

    @Test
    void whatIsKnownOfRoomSurvivesAChangeOfCapacity() {
        available(processor("a", 5, "face"));
        slot("a").seen(2);
        available(processor("a", 7, "face"));
        assertThat(slot("a").room()).isEqualTo(4);
        assertThat(slot("a").outstanding()).isEqualTo(3);
    }

    @Test
    void whatIsOnItsWayToAProcessorThatChangesIsReleasedOnce() {
        available(processor("a", 2, "face"));
        RoutingDecision decision = router.decide("cam", List.of("face"), null);
        available(processor("a", 2, "face", "car"));
        assertThat(slot("a").room()).isOne();
        ((Routed) decision).choices().getFirst().slot().release();
        assertThat(slot("a").room()).isEqualTo(2);
    }

    @Test
    void whoHoldsTheFrameItselfNeedsNoMoreRoomForIt() {
        available(processor("a", 1, "face"));
        slot("a").seen(0);
        assertThat(router.decide("cam", List.of("face"), "a")).isEqualTo(new AllFull("face"));
        assertThat(router.decide("cam", List.of("face"), "a", "a")).isInstanceOf(Routed.class);
        slot("a").close();
        assertThat(router.decide("cam", List.of("face"), "a", "a")).isEqualTo(new AllFull("face"));
    }

    @Test
    void anUnknownStrategyIsRefusedWithThoseThatExist() {
        assertThat(RoutingStrategy.named("round_robin")).isEqualTo(RoutingStrategy.ROUND_ROBIN);
        assertThatThrownBy(() -> RoutingStrategy.named("random")).hasMessageContaining("random")
                .hasMessageContaining("least_loaded, round_robin, affinity");
    }

    @RepeatedTest(30)
    void neverMoreIsReservedThanThereIsRoom(RepetitionInfo run) {
        Random random = new Random(run.getCurrentRepetition());
        List<Registration> some = IntStream.range(0, 5)
                .mapToObj(i -> processor("p" + i, 1 + random.nextInt(5), i % 2 == 0 ? "face" : "car", "any")).toList();
        router.available(some);
        List<ProcessorSlot> reserved = new ArrayList<>();
        for (int step = 0; step < 200; step++) {
            List<String> needs = random.nextBoolean() ? List.of("face", "car") : List.of("any");
            if (router.decide("cam", needs, null) instanceof Routed(List<RoutingDecision.Choice> choices)) {
                choices.forEach(choice -> reserved.add(choice.slot()));
            } else if (!reserved.isEmpty()) {
                reserved.remove(random.nextInt(reserved.size())).release();
            }
            assertThat(router.slots()).allSatisfy(slot -> assertThat(reserved.stream().filter(slot::equals).count())
                    .isEqualTo(slot.outstanding()).isLessThanOrEqualTo(slot.registration().capacity()));
        }
    }
}
