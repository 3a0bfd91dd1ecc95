package framebuffer.trials.bench.flow;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import framebuffer.app.config.FlagOnly;
import framebuffer.app.config.ValueRange;
import framebuffer.app.help.Examples;
import framebuffer.app.terminal.CannotRun;
import framebuffer.app.terminal.Logging;
import framebuffer.app.terminal.ProgressLine;
import framebuffer.redis.RedisConnection;
import framebuffer.redis.Replies;
import framebuffer.redis.cluster.Partition;
import framebuffer.redis.cluster.PartitionLayout;
import framebuffer.trials.bench.rig.BenchFrames;
import framebuffer.trials.bench.rig.BenchRedis;
import framebuffer.trials.bench.rig.Instance;
import framebuffer.trials.bench.rig.ServerOptions;
import framebuffer.trials.bench.rig.StallDetector;
import framebuffer.wire.Partitioning;
import java.io.IOException;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Checks frames while partitions move between instances. */
@Command(name = "handover", header = "Measures the pause when instances join, leave or die.", mixinStandardHelpOptions = true, description = {
        "Sends frames at a fixed rate, while instances join, one is killed, and one shuts down. Then checks in the work queues that "
                + "each frame is in a queue once and in the order of its camera, and measures the longest time without a frame in the "
                + "queue of a partition.",
        "Exit code 0: every frame is in a queue, once and in order. 1: a frame is missing, doubled or out of order."})
@Examples("frame-buffer bench handover")
public final class HandoverBench implements Callable<Integer> {
    private static final int CAMERAS = 40;
    private static final String PROCESSOR = "bench-1";

    @Spec
    @SuppressWarnings("NullAway.Init") // Set by picocli before anything runs.
    private CommandSpec spec;

    @FlagOnly
    @ValueRange(least = "10", most = "20000")
    @Option(names = "--fps", paramLabel = "N", defaultValue = "2000", description = "Frames per second. Default: ${DEFAULT-VALUE}.")
    private int fps;

    @FlagOnly
    // Three instances run at once: with fewer partitions, two would share one, where order is not guaranteed.
    @ValueRange(least = "3", most = "64")
    @Option(names = "--partitions", paramLabel = "N", defaultValue = "4", description = "Number of partitions, at least 3: as many instances run at once, and the order of a camera holds only if one instance serves its partition. Default: ${DEFAULT-VALUE}.")
    private int partitions;

    @FlagOnly
    @ValueRange(least = "2s", most = "10m")
    @Option(names = "--between", paramLabel = "TIME", defaultValue = "12s", description = "Time between two changes. Default: ${DEFAULT-VALUE}.")
    private Duration between = Duration.ofSeconds(12);

    @FlagOnly
    @ValueRange(least = "500ms", most = "10m")
    @Option(names = "--instance-lease", paramLabel = "TIME", defaultValue = "5s", description = "Time without a sign of life from an instance, after which others take over. Default: ${DEFAULT-VALUE}.")
    private Duration lease = Duration.ofSeconds(5);

    @FlagOnly
    @Option(names = "--json", description = "Prints the figures as JSON.")
    private boolean json;

    @Mixin
    private final ServerOptions server = new ServerOptions();

    /** An event and its time, by Redis's clock. */
    private record Happened(String what, long atMillis) {
    }

    @Override
    public Integer call() throws InterruptedException, IOException {
        Logging.onlyErrors();
        ProgressLine progress = json ? ProgressLine.silent() : ProgressLine.on(System.err);
        try (BenchRedis redis = server.start(); RedisConnection look = RedisConnection.open(redis.address())) {
            PartitionLayout all = PartitionLayout.of(redis.address(), Partitioning.tagged("", partitions));
            List<Happened> events = new ArrayList<>();
            long frames = run(redis, all, look, events, progress);
            QueueStory story = QueueStory.read(look, all, PROCESSOR, frames);
            print(story, events);
            return story.isAsItMust() ? 0 : 1;
        }
    }

    private long run(BenchRedis redis, PartitionLayout all, RedisConnection look, List<Happened> events,
            ProgressLine progress) throws InterruptedException, IOException {
        List<Instance> running = new ArrayList<>();
        try (SteadySender sender = new SteadySender(all, fps, CAMERAS)) {
            running.add(start(redis, 1));
            running.getFirst().register(PROCESSOR, BenchFrames.CAPABILITY);
            sender.start();
            happen(events, look, "nothing", progress);
            happen(events, look, "an instance joins", progress, () -> running.add(start(redis, 2)));
            happen(events, look, "another joins", progress, () -> running.add(start(redis, 3)));
            happen(events, look, "the first leaves", progress, () -> running.removeFirst().close());
            happen(events, look, "one is killed", progress, () -> running.removeFirst().kill());
            long frames = sender.finish();
            StallDetector.await("frames are not handed off", () -> left(look, all), 0);
            return frames;
        } finally {
            running.forEach(Instance::close);
        }
    }

    /** An action that may block. */
    @FunctionalInterface
    private interface Event {
        void happens() throws InterruptedException, IOException;
    }

    private void happen(List<Happened> events, RedisConnection look, String what, ProgressLine progress)
            throws InterruptedException, IOException {
        happen(events, look, what, progress, () -> {
        });
    }

    private void happen(List<Happened> events, RedisConnection look, String what, ProgressLine progress, Event event)
            throws InterruptedException, IOException {
        progress.show(what);
        events.add(new Happened(what, Replies.time(look.call("TIME")).toEpochMilli()));
        event.happens();
        TimeUnit.MILLISECONDS.sleep(between.toMillis());
    }

    private Instance start(BenchRedis redis, int number) throws InterruptedException, IOException {
        // Nobody reads the queues, so the processor must not count as stalled.
        return Instance.start(redis, "bench-" + number, "--partitions", Integer.toString(partitions),
                "--instance-lease", lease.toMillis() + "ms", "--stall-timeout", "1h");
    }

    private static long left(RedisConnection look, PartitionLayout all) {
        return all.all().stream().mapToLong(one -> length(look, one)).sum();
    }

    private static long length(RedisConnection look, Partition one) {
        return Replies.number(look.call("XLEN", one.keys().capture()));
    }

    private void print(QueueStory story, List<Happened> events) {
        PrintWriter out = spec.commandLine().getOut();
        ObjectNode all = JsonNodeFactory.instance.objectNode().put("frames", story.frames())
                .put("missing", story.missing()).put("twice", story.twice()).put("out_of_order", story.outOfOrder());
        ArrayNode list = all.putArray("events");
        for (int i = 0; i < events.size(); i++) {
            long until = i + 1 < events.size() ? events.get(i + 1).atMillis() : Long.MAX_VALUE;
            long gap = story.longestGap(events.get(i).atMillis(), until);
            list.addObject().put("what", events.get(i).what()).put("longest_gap_ms", gap);
            if (!json) {
                out.printf(Locale.ROOT, "%-20s at most %,5d ms without a frame in one of %d partitions%n",
                        events.get(i).what(), gap, partitions);
            }
        }
        if (json) {
            out.println(all);
        } else {
            out.printf(Locale.ROOT, "%n%,d frames: %d missing, %d twice, %d out of order%n", story.frames(),
                    story.missing(), story.twice(), story.outOfOrder());
        }
        out.flush();
        if (story.frames() == 0) {
            throw new CannotRun("no frame was sent");
        }
    }
}
