package framebuffer.trials.bench;

import framebuffer.orchestrator.pipeline.admission.Window;
import framebuffer.orchestrator.pipeline.admission.Window.PlacementResult;
import framebuffer.orchestrator.pipeline.admission.Window.Starvation;
import framebuffer.orchestrator.pipeline.admission.WindowItem;
import framebuffer.wire.EntryId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
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
import org.openjdk.jmh.infra.Blackhole;

/** The cost of adding a frame to a full window and removing one. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(3)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
public class WindowBenchmark {
    private static final int WAITING = 10_000;
    private static final long START = 1_000_000_000_000L;
    private static final Instant NOW = Instant.ofEpochMilli(START);
    private static final List<String> NEEDS = List.of("face_detection");

    /** The cameras: all send equally many frames, in random order. */
    @Param({"1", "10", "500"})
    public int cameras;

    private final Window<Frame> window = new Window<>(Window.Limit.of(WAITING + 1), Starvation.DEFAULT);
    private final List<String> senders = new ArrayList<>();
    private int sent;

    private record Frame(String cameraId, EntryId captureId) implements WindowItem {
        @Override
        public long bytes() {
            return 400;
        }

        @Override
        public int priority() {
            return 0;
        }

        @Override
        public List<String> needs() {
            return NEEDS;
        }

        @Override
        public boolean begun() {
            return false;
        }

        @Override
        public Instant notBefore() {
            return Instant.EPOCH;
        }
    }

    @Setup
    public void fill() {
        for (int i = 0; i < WAITING; i++) {
            senders.add("camera-" + i % cameras);
        }
        Collections.shuffle(senders, new Random(1));
        for (int i = 0; i < WAITING; i++) {
            add();
        }
    }

    @Benchmark
    public void addAndTake(Blackhole went) {
        add();
        window.offer(NOW, 1, (frame, _) -> {
            went.consume(frame);
            return PlacementResult.GOES;
        });
    }

    private void add() {
        window.add(new Frame(senders.get(sent % WAITING), new EntryId(START + sent, 0)), NOW);
        sent++;
    }
}
