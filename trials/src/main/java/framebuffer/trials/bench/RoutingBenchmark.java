package framebuffer.trials.bench;

import framebuffer.orchestrator.pipeline.routing.CameraAssignments;
import framebuffer.orchestrator.pipeline.routing.ProcessorSlot;
import framebuffer.orchestrator.pipeline.routing.Router;
import framebuffer.orchestrator.pipeline.routing.RoutingDecision;
import framebuffer.orchestrator.pipeline.routing.RoutingStrategy;
import framebuffer.wire.CameraNeed;
import framebuffer.wire.control.Registration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** The cost of choosing one of fifty processors for a frame; loads differ, and every tenth is full. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(3)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
public class RoutingBenchmark {
    private static final int PROCESSORS = 50;
    private static final int CAMERAS = 500;
    private static final int TURN = 200;
    private static final List<String> NEEDS = List.of("face_detection");

    @Param({"least_loaded", "round_robin", "affinity"})
    public String strategy = "";

    private Router router = new Router(RoutingStrategy.LEAST_LOADED);
    private CameraAssignments assignments = CameraAssignments.UNREAD;
    private final List<String> cameras = new ArrayList<>();
    private int frames;

    /** Cameras are spread over all processors; those of a full processor need another one in each turn. */
    @Setup
    public void register() {
        router = new Router(RoutingStrategy.named(strategy));
        router.available(IntStream.range(0, PROCESSORS)
                .mapToObj(i -> Registration.of("processor-" + i, NEEDS, 8 + i % 7)).toList());
        int number = 0;
        for (ProcessorSlot slot : router.slots()) {
            slot.seen(number % 10 == 0 ? 0 : 1 + number % 8);
            number++;
        }
        Map<CameraNeed, String> processors = new HashMap<>();
        for (int i = 0; i < CAMERAS; i++) {
            cameras.add("camera-" + i);
            processors.put(new CameraNeed("camera-" + i, NEEDS.getFirst()), "processor-" + i % PROCESSORS);
        }
        assignments = new CameraAssignments("1", processors);
    }

    @Benchmark
    public RoutingDecision decide() {
        if (frames % TURN == 0) {
            router.begin(assignments, CAMERAS);
        }
        RoutingDecision decision = router.decide(cameras.get(frames++ % CAMERAS), NEEDS, null);
        switch (decision) {
            case RoutingDecision.Routed(List<RoutingDecision.Choice> choices) -> choices.getFirst().slot().release();
            case RoutingDecision.Unassigned(List<RoutingDecision.Choice> choices) ->
                choices.getFirst().slot().release();
            case RoutingDecision.NoCapability _,RoutingDecision.AllFull _ ->
                throw new IllegalStateException("no processor has room");
        }
        return decision;
    }
}
