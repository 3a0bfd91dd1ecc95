package framebuffer.trials.bench;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import framebuffer.app.help.Examples;
import framebuffer.redis.GroupReader;
import framebuffer.redis.RedisConnection;
import framebuffer.redis.handoff.FrameSource;
import framebuffer.redis.handoff.HandOff;
import framebuffer.trials.bench.rig.BenchRedis;
import framebuffer.trials.bench.rig.Median;
import framebuffer.trials.bench.rig.ServerOptions;
import framebuffer.wire.Keys;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Measures the cost of reading the room of a queue, by its number of entries. */
@Command(name = "room", header = "Measures the cost of reading the room of a work queue.", mixinStandardHelpOptions = true, description = {
        "Measures the cost of reading the room of a work queue (docs/protocol.md 5.3), with few and with many entries in it.",
        "Half of the entries are delivered and not acknowledged. Each figure is the median over all rounds; the sizes take turns."})
@Examples("frame-buffer bench room")
final class RoomBench implements Callable<Integer> {
    private static final int CHUNK = 1_000;

    @Spec
    @SuppressWarnings("NullAway.Init") // Set by picocli before anything runs.
    private CommandSpec spec;

    @Mixin
    private final ServerOptions server = new ServerOptions();

    @Option(names = "--entries", paramLabel = "N", split = ",", defaultValue = "10,200000", description = "Sizes to compare: entries in the queue. Default: ${DEFAULT-VALUE}.")
    private List<Integer> sizes = List.of();

    @Option(names = "--rounds", paramLabel = "N", defaultValue = "7", description = "Number of rounds; each reads the room 2000 times for each size. Default: ${DEFAULT-VALUE}.")
    private int rounds;

    @Option(names = "--json", description = "Prints the figures as JSON.")
    private boolean json;

    /** Median time to read the room of a queue of this size, in microseconds. */
    private record Figure(int entries, double micros) {
    }

    @Override
    public Integer call() {
        PrintWriter out = spec.commandLine().getOut();
        List<Figure> figures;
        try (BenchRedis fresh = server.start(); RedisConnection redis = RedisConnection.open(fresh.address())) {
            figures = measure(redis);
        }
        if (json) {
            ArrayNode list = JsonNodeFactory.instance.arrayNode();
            figures.forEach(one -> list.addObject().put("entries", one.entries()).put("micros", one.micros()));
            out.println(list);
        } else {
            out.println("entries in the queue   µs to know its room");
            figures.forEach(one -> out.println(String.format(Locale.ROOT, "%20d   %19.1f", one.entries(),
                    one.micros())));
        }
        out.flush();
        return 0;
    }

    private List<Figure> measure(RedisConnection redis) {
        HandOff handOff = new HandOff(Keys.DEFAULT, "bench", HandOff.HandOffLimits.DEFAULT);
        handOff.prepare(redis);
        GroupReader capture = new GroupReader(Keys.DEFAULT.capture(), "bench", "bench");
        capture.ensureGroup(redis);
        sizes.forEach(size -> fill(redis, queue(size), size));
        double[][] took = new double[sizes.size()][rounds];
        for (int round = -1; round < rounds; round++) {
            for (int s = 0; s < sizes.size(); s++) {
                double micros = ask(redis, handOff, queue(sizes.get(s)));
                if (round >= 0) {
                    took[s][round] = micros;
                }
            }
        }
        List<Figure> figures = new ArrayList<>();
        for (int s = 0; s < sizes.size(); s++) {
            figures.add(new Figure(sizes.get(s), Median.of(Arrays.stream(took[s]))));
        }
        return figures;
    }

    private static String queue(int size) {
        return Keys.READY + "bench-" + size;
    }

    private static void fill(RedisConnection redis, String queue, int entries) {
        for (int i = 0; i < entries; i += CHUNK) {
            int some = Math.min(CHUNK, entries - i);
            for (int j = 0; j < some; j++) {
                redis.send("XADD", List.of(queue, "*", "frame_id", "f-" + (i + j), "camera_id", "bench"));
            }
            for (int j = 0; j < some; j++) {
                redis.receive();
            }
        }
        GroupReader reader = new GroupReader(queue, "bench-group", "bench");
        reader.ensureGroup(redis);
        for (int delivered = 0; delivered < entries / 2; delivered += CHUNK) {
            reader.readNew(redis, Math.min(CHUNK, entries / 2 - delivered), Duration.ZERO);
        }
    }

    private static double ask(RedisConnection redis, HandOff handOff, String queue) {
        int times = 2_000;
        FrameSource source = new FrameSource(Keys.DEFAULT.capture(), "bench", FrameSource.SourceKind.CAPTURE);
        HandOff.HandOffBatch nothing = new HandOff.HandOffBatch(source, Map.of(queue, 1_000_000), null, List.of());
        long begun = System.nanoTime();
        for (int i = 0; i < times; i++) {
            handOff.begin(redis, nothing).await();
        }
        return (System.nanoTime() - begun) / 1e3 / times;
    }
}
