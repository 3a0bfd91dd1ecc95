package framebuffer.trials.bench;

import framebuffer.wire.EntryId;
import framebuffer.wire.TraceContext;
import framebuffer.wire.frame.Frame;
import framebuffer.wire.frame.FrameCodec;
import framebuffer.wire.frame.QueuedFrame;
import framebuffer.wire.frame.QueuedFrame.HandOffNote;
import framebuffer.wire.text.Decoded;
import framebuffer.wire.text.Fields;
import java.time.Instant;
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

/** The cost of decoding a frame from the capture stream, and of encoding the entry for a work queue. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 6, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Fork(3)
public class CodecBenchmark {
    private static final EntryId ID = EntryId.parse("1763899200123-7");
    private static final TraceContext DISPATCH = TraceContext.random();
    private static final int FRAMES = 100_000;

    /** Whether the metadata of a camera are the same in each frame, or different each time. */
    @Param({"true", "false"})
    public boolean repeated;

    private final Fields[] frames = new Fields[FRAMES];
    private int next;
    private final Frame frame = ((Decoded.Valid<Frame>) FrameCodec.decode(ID, fields(0, true))).value();

    /** Created before the measurement. */
    @Setup
    public void fill() {
        for (int i = 0; i < FRAMES; i++) {
            frames[i] = fields(i, repeated);
        }
    }

    private static Fields fields(int number, boolean same) {
        return Fields.ofText("frame_id", number + "_cam01", "camera_id", "cam01", "timestamp",
                "2026-11-23T12:00:00.000000", "size_bytes", "204800", "width", "1920", "height", "1080", "format",
                "jpeg",
                "priority", "3", "detection_type", "object_detection", "traceparent",
                "00-4bf92f3577b34da6a3ce929d0e0e4736-b7ad6b7169203331-00", "metadata",
                "{\"detection_type\":\"object_detection\",\"fps\":30,\"location\":\"front_door\",\"seen\":"
                        + (same ? 0 : number) + "}",
                "frame_buffer_key", "frame:" + number);
    }

    @Benchmark
    public Decoded<Frame> decode() {
        next = (next + 1) % FRAMES;
        return FrameCodec.decode(ID, frames[next]);
    }

    @Benchmark
    public Fields encode() {
        return QueuedFrame.encode(frame,
                new HandOffNote("object_detection", 1, ID, Instant.ofEpochMilli(1_763_899_200_123L), DISPATCH));
    }
}
