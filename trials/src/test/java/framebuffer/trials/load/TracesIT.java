package framebuffer.trials.load;

import static org.assertj.core.api.Assertions.assertThat;

import framebuffer.app.serve.Tracing;
import framebuffer.client.Answer;
import framebuffer.client.Processor;
import framebuffer.redis.embedded.EmbeddedRedis;
import framebuffer.testkit.Await;
import framebuffer.testkit.Commands;
import framebuffer.trials.load.OtlpReceiver.Seen;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Producer, service and processor, as separate processes, export their spans to one receiver. */
class TracesIT {
    private static final int FRAMES = 10_000;
    /** Matches frames whose number, after a hyphen, ends with three zeros, except the first. */
    private static final int RETRIED = 9;
    private static final int SPANS = FRAMES + 4 * (FRAMES + RETRIED);

    @TempDir
    Path folder;
    @SuppressWarnings("NullAway.Init")
    private EmbeddedRedis redis;

    @BeforeEach
    void start() {
        redis = EmbeddedRedis.start(folder.resolve("redis"));
    }

    @AfterEach
    void stop() {
        redis.close();
    }

    private String address() {
        return "redis://127.0.0.1:" + redis.address().port();
    }

    private static Processor processor(String url, EmbeddedRedis redis, Tracing tracing) throws InterruptedException {
        return Processor.builder("worker-1").capabilities("work").capacity(500).concurrency(20).orchestrator(url)
                .redis(redis.address()).tracing(tracing.ofProcessors())
                .handler(frame -> {
                    if (frame.attempt() == 1 && frame.frame().frameId().endsWith("000")) {
                        throw new IllegalStateException("once");
                    }
                    return Answer.processed("{}");
                }).start();
    }

    /** Sends frames and waits until all are done. */
    private int load(Commands commands, String url, int frames) throws IOException, InterruptedException {
        return commands
                .start("load", "--fps", "1000", "--duration", frames / 1_000 + "s", "--detect", "work", "--redis-url",
                        address(), "--orchestrator-url", url, "--wait", "2m")
                .exitCode();
    }

    private static void stop(Process service) throws InterruptedException {
        service.destroy();
        assertThat(service.waitFor(60, TimeUnit.SECONDS)).as("the service stops on SIGTERM").isTrue();
    }

    @Test
    void eachFrameIsOneTraceInWhichEverySpanHasItsParent() throws IOException, InterruptedException {
        try (OtlpReceiver receiver = new OtlpReceiver();
                Commands commands = new Commands(folder, receiver.patientEnvironment())) {
            Commands.RunningCommand service = commands.start("serve", "--port", "0", "--redis-url", address())
                    .says("ready");
            try (Tracing tracing = Tracing.fromEnvironment(receiver.patientEnvironment(), "worker");
                    Processor _ = processor(service.url(), redis, tracing)) {
                assertThat(load(commands, service.url(), FRAMES)).isZero();
                // A stopping process exports the rest for some seconds only, so wait until little is left.
                Await.until("nearly all have come", () -> receiver.received() > SPANS - 1_000);
            }
            stop(service.process());
            List<Seen> spans = receiver.spans();
            complete(spans);
            correct(spans);
        }
    }

    private static void complete(List<Seen> spans) {
        Map<String, Long> counts = spans.stream().collect(Collectors.groupingBy(Seen::name, Collectors.counting()));
        long handOffs = FRAMES + RETRIED;
        assertThat(counts).containsExactlyInAnyOrderEntriesOf(Map.of("capture_frame", (long) FRAMES,
                "frame_buffer_orchestrator_received", handOffs, "route_frame", handOffs, "dispatch_to_processor",
                handOffs,
                "process_frame", handOffs));
        Map<String, Seen> byId = spans.stream()
                .collect(Collectors.toMap(span -> span.trace() + span.id(), Function.identity()));
        assertThat(spans.stream().filter(span -> !span.parent().isEmpty())
                .filter(span -> !byId.containsKey(span.trace() + span.parent()))).as("orphans").isEmpty();
        assertThat(spans.stream().filter(span -> span.parent().isEmpty()).map(Seen::name).distinct())
                .containsExactly("capture_frame");
        assertThat(spans.stream().map(Seen::trace).distinct()).hasSize(FRAMES);
        assertThat(spans.stream().map(Seen::service).distinct()).containsExactlyInAnyOrder("frame-buffer",
                "frame-buffer-load", "worker");
    }

    private static void correct(List<Seen> spans) {
        Map<String, Seen> byId = spans.stream()
                .collect(Collectors.toMap(span -> span.trace() + span.id(), Function.identity()));
        spans.stream().filter(span -> !span.parent().isEmpty()).forEach(span -> {
            Seen parent = Objects.requireNonNull(byId.get(span.trace() + span.parent()));
            switch (span.name()) {
                case "frame_buffer_orchestrator_received" -> {
                    assertThat(span.attributes()).containsKeys("frame.id", "frame.camera_id", "frame.priority");
                    boolean again = span.attributes().containsKey("frame.attempt");
                    assertThat(parent.name()).isEqualTo(again ? "dispatch_to_processor" : "capture_frame");
                    assertThat(span.links()).isEqualTo(again ? List.of(parent.id()) : List.of());
                }
                case "route_frame" -> {
                    assertThat(parent.name()).isEqualTo("frame_buffer_orchestrator_received");
                    assertThat(span.attributes()).containsKeys("frame.id", "processor_load")
                            .containsEntry("selected_processor", "worker-1");
                }
                case "dispatch_to_processor" -> {
                    assertThat(parent.name()).isEqualTo("frame_buffer_orchestrator_received");
                    assertThat(span.attributes()).containsEntry("processor.id", "worker-1").containsEntry("queue.name",
                            "frames:ready:worker-1");
                }
                default -> {
                    assertThat(span.name()).isEqualTo("process_frame");
                    assertThat(parent.name()).isEqualTo("dispatch_to_processor");
                }
            }
        });
    }

    @Test
    @Tag("long")
    void framesDoNotWaitForAReceiverThatDoesNotAnswer() throws IOException, InterruptedException {
        try (OtlpReceiver receiver = OtlpReceiver.thatNeverAnswers()) {
            allAreDone(receiver.environment(), _ -> assertThat(receiver.asked()).isPositive());
        }
    }

    @Test
    @Tag("long")
    void framesDoNotWaitForAReceiverThatIsNotThereAndTheLogSaysSoAFewTimes() throws IOException, InterruptedException {
        OtlpReceiver gone = new OtlpReceiver();
        gone.close();
        allAreDone(gone.environment(), service -> {
            service.says("Failed to export");
            assertThat(service.errors().lines().filter(line -> line.contains("Failed to export")))
                    .hasSizeLessThan(20);
        });
    }

    private void allAreDone(Map<String, String> environment, Consumer<Commands.RunningCommand> then)
            throws IOException, InterruptedException {
        try (Commands commands = new Commands(folder, environment);
                Commands untraced = new Commands(folder);
                Tracing off = Tracing.off()) {
            Commands.RunningCommand service = commands.start("serve", "--port", "0", "--redis-url", address())
                    .says("ready");
            try (Processor _ = processor(service.url(), redis, off)) {
                assertThat(load(untraced, service.url(), 5_000)).isZero();
            }
            assertThat(Commands.get(service.url() + "/frames/ledger").at("/total/done").asInt()).isEqualTo(5_000);
            then.accept(service);
            stop(service.process());
        }
    }
}
