package framebuffer.migration.shadow;

import static org.assertj.core.api.Assertions.assertThat;

import framebuffer.migration.shadow.ShadowDecision.Outcome;
import framebuffer.migration.shadow.ShadowSimulation.SimulatedFrame;
import framebuffer.migration.shadow.SimulatedQueue.SimulatedProcessor;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ShadowSimulationTest {
    private static final long NEVER = Long.MAX_VALUE;

    /** A frame and the time when it comes. */
    private record Coming(SimulatedFrame frame, long now) {
    }

    private static SimulatedProcessor processor(String id, String capability, int capacity, int concurrency,
            long micros) {
        return new SimulatedProcessor(id, List.of(capability), capacity, concurrency, micros);
    }

    private static SimulatedFrame frame(String camera, String... needs) {
        return new SimulatedFrame(camera, List.of(needs), 0, NEVER);
    }

    private static ShadowSimulation simulation(SimulatedProcessor... processors) {
        ShadowSimulation simulation = new ShadowSimulation(false, 0);
        simulation.available(List.of(processors));
        return simulation;
    }

    private static List<ShadowDecision> run(List<SimulatedProcessor> processors, List<Coming> traffic) {
        ShadowSimulation simulation = simulation(processors.toArray(SimulatedProcessor[]::new));
        return traffic.stream().map(one -> simulation.decide(one.frame(), one.now())).toList();
    }

    private static List<Coming> traffic(Random random, int frames, long gap, String... capabilities) {
        List<Coming> traffic = new ArrayList<>();
        long now = 0;
        for (int i = 0; i < frames; i++) {
            now += random.nextLong(gap);
            String capability = capabilities[random.nextInt(capabilities.length)];
            traffic.add(new Coming(
                    new SimulatedFrame("cam-" + random.nextInt(5), List.of(capability), now, NEVER), now));
        }
        return traffic;
    }

    @Test
    void aFrameGoesToTheLeastLoadedProcessorThatOffersItsCapability() {
        ShadowSimulation simulation = simulation(processor("a", "face", 2, 1, 100), processor("b", "face", 4, 1, 100),
                processor("c", "fire", 100, 1, 100));
        List<String> chosen = IntStream.range(0, 6)
                .mapToObj(_ -> simulation.decide(frame("door", "face"), 0).parts().getFirst().processor()).toList();
        assertThat(chosen).filteredOn("a"::equals).hasSize(2);
        assertThat(chosen).filteredOn("b"::equals).hasSize(4);
    }

    @Test
    void aFrameWaitsForTheNextFreeSlotAndIsShedWhenThatIsTooLate() {
        ShadowSimulation simulation = simulation(processor("a", "face", 1, 1, 100));
        assertThat(simulation.decide(frame("door", "face"), 0).outcome()).isEqualTo(Outcome.HANDED);
        ShadowDecision late = simulation.decide(new SimulatedFrame("door", List.of("face"), 10, 90), 10);
        assertThat(late.outcome()).isEqualTo(Outcome.SHED);
        assertThat(late.reason()).isEqualTo("expired");
        assertThat(late.waitMicros()).isEqualTo(80);
        ShadowDecision waits = simulation.decide(frame("door", "face"), 20);
        assertThat(waits.outcome()).isEqualTo(Outcome.WAITED);
        assertThat(waits.waitMicros()).as("the shed frame took no slot").isEqualTo(80);
    }

    @Test
    void theMaximumAgeCountsFromTheCapture() {
        ShadowSimulation simulation = new ShadowSimulation(false, 50);
        simulation.available(List.of(processor("a", "face", 1, 1, 100)));
        assertThat(simulation.decide(new SimulatedFrame("door", List.of("face"), 0, NEVER), 49).outcome())
                .isEqualTo(Outcome.HANDED);
        assertThat(simulation.decide(new SimulatedFrame("door", List.of("face"), 0, NEVER), 50).reason())
                .isEqualTo("too_old");
    }

    @Test
    void aFrameThatNoProcessorCanHandleTakesNoSlotOfAnother() {
        ShadowSimulation simulation = simulation(processor("a", "face", 1, 1, 100));
        ShadowDecision none = simulation.decide(frame("door", "face", "fire"), 0);
        assertThat(none.outcome()).isEqualTo(Outcome.UNROUTABLE);
        assertThat(none.parts()).extracting(ShadowDecision.SimulatedPart::processor).containsExactly("", "");
        assertThat(simulation.decide(frame("door", "face"), 0).outcome()).isEqualTo(Outcome.HANDED);
        ShadowSimulation both = simulation(new SimulatedProcessor("a", List.of("face", "fire"), 1, 1, 100));
        assertThat(both.decide(frame("door", "face", "fire"), 0).reason()).isEqualTo("too_small");
    }

    @Test
    void aStickyCameraKeepsItsProcessorWhileThatWorks() {
        ShadowSimulation simulation = new ShadowSimulation(true, 0);
        List<SimulatedProcessor> both = List.of(processor("a", "face", 10, 1, 100), processor("b", "face", 10, 1, 100));
        simulation.available(both);
        String first = simulation.decide(frame("door", "face"), 0).parts().getFirst().processor();
        for (int i = 0; i < 20; i++) {
            assertThat(simulation.decide(frame("door", "face"), 0).parts().getFirst().processor()).isEqualTo(first);
        }
        simulation.available(both.stream().filter(one -> !one.id().equals(first)).toList());
        assertThat(simulation.decide(frame("door", "face"), 0).parts().getFirst().processor()).isNotEqualTo(first);
    }

    @Test
    void aProcessorWithAnotherCapacityKeepsItsFrames() {
        ShadowSimulation simulation = simulation(processor("a", "face", 3, 1, 100));
        IntStream.range(0, 3).forEach(_ -> simulation.decide(frame("door", "face"), 0));
        simulation.available(List.of(processor("a", "face", 1, 1, 100)));
        assertThat(simulation.decide(frame("door", "face"), 0).waitMicros()).as("all three are done").isEqualTo(300);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void noSlotIsTakenTwiceAndNoProcessorWorksOnMoreThanItCan(long seed) {
        Random random = new Random(seed);
        int capacity = 1 + random.nextInt(5);
        int concurrency = 1 + random.nextInt(capacity);
        SimulatedProcessor one = processor("a", "face", capacity, concurrency, 100);
        List<Coming> traffic = traffic(random, 300, 60, "face");
        List<ShadowDecision> decisions = run(List.of(one), traffic);
        // What the hand-offs alone imply: a processor begins in their order, and is done after its time.
        List<Long> handed = new ArrayList<>();
        List<Long> done = new ArrayList<>();
        for (int i = 0; i < decisions.size(); i++) {
            long at = traffic.get(i).now() + decisions.get(i).waitMicros();
            long begin = i < concurrency ? at : Math.max(at, done.get(i - concurrency));
            handed.add(at);
            done.add(begin + 100);
            assertThat(done.stream().filter(end -> end > at).count()).as("frames at the processor")
                    .isLessThanOrEqualTo(capacity);
        }
        assertThat(handed).isSorted();
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void fewerFramesOrAFasterProcessorNeverMakeAnyFrameWaitLonger(long seed) {
        Random random = new Random(seed);
        int capacity = 1 + random.nextInt(5);
        List<Coming> all = traffic(random, 300, 60, "face");
        List<ShadowDecision> loaded = run(List.of(processor("a", "face", capacity, 1, 100)), all);
        List<ShadowDecision> faster = run(List.of(processor("a", "face", capacity, 1, 70)), all);
        int without = random.nextInt(100);
        List<Coming> fewer = new ArrayList<>(all);
        fewer.remove(without);
        List<ShadowDecision> lighter = run(List.of(processor("a", "face", capacity, 1, 100)), fewer);
        for (int i = 0; i < all.size(); i++) {
            assertThat(faster.get(i).waitMicros()).isLessThanOrEqualTo(loaded.get(i).waitMicros());
            if (i != without) {
                assertThat(lighter.get(i < without ? i : i - 1).waitMicros())
                        .isLessThanOrEqualTo(loaded.get(i).waitMicros());
            }
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void theSameFramesAtTheSameTimesGiveTheSameDecisions(long seed) {
        List<SimulatedProcessor> processors = List.of(processor("a", "face", 2, 1, 100),
                processor("b", "face", 3, 2, 130), processor("c", "fire", 1, 1, 90));
        List<Coming> traffic = traffic(new Random(seed), 300, 60, "face", "fire");
        assertThat(run(processors, traffic)).isEqualTo(run(processors, traffic));
    }
}
