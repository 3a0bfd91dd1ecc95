package framebuffer.trials.bench.flow;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import framebuffer.app.config.FlagOnly;
import framebuffer.app.config.ValueRange;
import framebuffer.app.help.Examples;
import framebuffer.app.terminal.Logging;
import framebuffer.app.terminal.ProgressLine;
import framebuffer.client.Answer;
import framebuffer.redis.RedisConnection;
import framebuffer.trials.bench.rig.BenchFrames;
import framebuffer.trials.bench.rig.ServerOptions;
import framebuffer.trials.bench.rig.ServiceProcess;
import framebuffer.trials.bench.rig.StallDetector;
import java.io.IOException;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Measures the service's memory with large frames. */
@Command(name = "payload", header = "Fills the window with large frames; measures memory and rate.", mixinStandardHelpOptions = true, description = {
        "Sends frames that carry their pixels while every processor is busy, so that the window of the service is full; then frees "
                + "the processors. Reports the size of the window, the memory of the service, and the rate of the hand-off.",
        "The service runs with a heap of 256 MB: without the bound of its window in bytes, it would run out of memory."})
@Examples("frame-buffer bench payload")
public final class PayloadBench implements Callable<Integer> {
    private static final Duration FULL_WITHIN = Duration.ofSeconds(30);

    @Spec
    @SuppressWarnings("NullAway.Init") // Set by picocli before anything runs.
    private CommandSpec spec;

    @FlagOnly
    @ValueRange(least = "1", most = "10485760")
    @Option(names = "--inline-bytes", paramLabel = "N", defaultValue = "200000", description = "Bytes of pixels in each frame. Default: ${DEFAULT-VALUE}.")
    private int inlineBytes;

    @FlagOnly
    @ValueRange(least = "1", most = "1000000")
    @Option(names = "--frames", paramLabel = "N", defaultValue = "1500", description = "Number of frames; at first all of them are in the memory of Redis. Default: ${DEFAULT-VALUE}.")
    private int frames;

    @FlagOnly
    @Option(names = "--json", description = "Prints the figures as JSON.")
    private boolean json;

    @Mixin
    private final ServerOptions server = new ServerOptions();

    /**
     * The figures.
     *
     * @param before resident megabytes before the first frame; -1: unknown
     * @param peak maximum resident megabytes
     * @param waited bytes of the waiting frames in the service while processors were busy
     * @param seconds time from freeing the processors to the last frame
     */
    private record Figures(long before, long peak, long waited, double seconds) {
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        Logging.onlyErrors();
        ProgressLine progress = json ? ProgressLine.silent() : ProgressLine.on(System.err);
        CountDownLatch open = new CountDownLatch(1);
        AtomicLong done = new AtomicLong();
        Crew.Member busy = new Crew.Member("bench-1", 20, 4, _ -> {
            open.await();
            done.incrementAndGet();
            return Answer.processed("{}");
        });
        Figures figures;
        try (ServiceProcess service = ServiceProcess.start(server, Map.of());
                Crew _ = Crew.start(service, List.of(busy))) {
            long before = service.peakResidentMegabytes();
            fill(service);
            long waited = full(service);
            progress.show(
                    String.format(Locale.ROOT, "%,d frames are captured, %.1f MB of them wait in the service", frames,
                            waited / 1e6));
            long begun = System.nanoTime();
            open.countDown();
            StallDetector.await("frames do not arrive", () -> frames - done.get(), 0);
            figures = new Figures(before, service.peakResidentMegabytes(), waited, (System.nanoTime() - begun) / 1e9);
        }
        print(figures);
        return 0;
    }

    private void fill(ServiceProcess service) {
        byte[] pixels = new byte[inlineBytes];
        // Random bytes, because storing and sending constant bytes may be cheaper than a real picture.
        new Random(inlineBytes).nextBytes(pixels);
        try (RedisConnection redis = RedisConnection.open(service.redis())) {
            for (int i = 0; i < frames; i++) {
                List<Object> line = new ArrayList<>(BenchFrames.announcement("large-" + i, "cam" + i % 20, i, 0));
                line.add("data");
                line.add(pixels);
                redis.call("XADD", line.toArray());
            }
        }
    }

    /** Waits until the window is full; returns the size of its frames. */
    private long full(ServiceProcess service) throws IOException, InterruptedException {
        long deadline = System.nanoTime() + FULL_WITHIN.toNanos();
        long last = -1;
        long now = service.metric("frame_buffer_window_bytes");
        while ((now == 0 || now != last) && System.nanoTime() < deadline) {
            TimeUnit.SECONDS.sleep(1);
            last = now;
            now = service.metric("frame_buffer_window_bytes");
        }
        return now;
    }

    private void print(Figures figures) {
        PrintWriter out = spec.commandLine().getOut();
        double rate = frames / figures.seconds();
        if (json) {
            ObjectNode object = JsonNodeFactory.instance.objectNode().put("frames", frames)
                    .put("inline_bytes", inlineBytes).put("waited_bytes", figures.waited());
            if (figures.peak() >= 0) {
                object.put("rss_before_mb", figures.before()).put("rss_peak_mb", figures.peak());
            }
            out.println(object.put("frames_per_second", Math.round(rate))
                    .put("megabytes_per_second", Math.round(rate * inlineBytes / 1e6)));
        } else {
            out.printf(Locale.ROOT, "%,d frames of %,d bytes, %.0f MB in all%n", frames, inlineBytes,
                    (double) frames * inlineBytes / 1e6);
            out.printf(Locale.ROOT, "at most %.1f MB of them waited in the service%n", figures.waited() / 1e6);
            if (figures.peak() >= 0) {
                out.printf(Locale.ROOT, "the service had %d MB of memory before, and at most %d MB%n", figures.before(),
                        figures.peak());
            }
            out.printf(Locale.ROOT, "then they went at %,.0f frames/s, %.0f MB/s%n", rate, rate * inlineBytes / 1e6);
        }
        out.flush();
    }
}
