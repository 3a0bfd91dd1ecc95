package framebuffer.orchestrator.observability.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import framebuffer.orchestrator.api.contract.Running;
import framebuffer.orchestrator.processors.registry.RegistrationPolicy.RegistrationLimits;
import framebuffer.redis.GroupReader;
import framebuffer.redis.StreamEntry;
import framebuffer.redis.queues.AnswerWriter;
import framebuffer.testkit.Await;
import framebuffer.wire.Keys;
import framebuffer.wire.TraceContext;
import framebuffer.wire.control.CameraReport;
import framebuffer.wire.control.CameraReport.Phase;
import framebuffer.wire.control.CameraReport.VideoRates;
import framebuffer.wire.control.CameraReport.VideoSize;
import framebuffer.wire.frame.QueuedFrame;
import framebuffer.wire.frame.Result;
import framebuffer.wire.frame.ReturnedFrame;
import framebuffer.wire.text.Decoded;
import framebuffer.wire.text.Json;
import java.io.IOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** All metrics of docs/metrics.md that must keep their names exist once everything that they count has happened. */
@TestInstance(Lifecycle.PER_CLASS)
class MetricNamesTest {
    private static final Keys KEYS = Keys.DEFAULT;

    @SuppressWarnings("NullAway.Init")
    private Running service;

    @BeforeAll
    void letEverythingHappen(@TempDir Path folder) {
        service = new Running(folder, new RegistrationLimits(15, Duration.ofSeconds(5)));
        register();
        service.redis().transaction(List.of(
                List.of("XADD", KEYS.capture(), "*", "frame_id", "gone", "camera_id", "yard"),
                List.of("XTRIM", KEYS.capture(), "MAXLEN", 0)));
        capture("done");
        Instant later = Instant.now().plusSeconds(3_600);
        service.redis().call("HSET", KEYS.cameraReports(), "yard", Json.bytes(new CameraReport(Phase.ENDED, "", later,
                null, "", new VideoSize(0, 0), new VideoRates(0, 0), later).json()));
        finish(next());
        capture("again");
        giveBack(next());
        service.redis().call("XADD", KEYS.capture(), "*", "camera_id", "invalid");
        service.redis().call("XADD", KEYS.capture(), "*", "frame_id", "late", "camera_id", "yard", "timestamp",
                "2020-01-01T00:00:00Z", "ttl_ms", "1");
    }

    @AfterAll
    void stop() {
        service.close();
    }

    private void register() {
        assertThat(service.client().call("POST", "/processors/register", BodyPublishers.ofString(
                "{\"id\": \"face-1\", \"capacity\": 4, \"capabilities\": [\"face\"], \"heartbeat_interval\": 3600}"))
                .status()).isEqualTo(201);
    }

    private void capture(String id) {
        service.redis().call("XADD", KEYS.capture(), "*", "frame_id", id, "camera_id", "yard", "detection_type",
                "face");
    }

    private StreamEntry next() {
        GroupReader reader = new GroupReader("frames:ready:face-1", "g", "w");
        reader.ensureGroup(service.redis());
        Await.until("a frame is there",
                () -> service.redis().call("XLEN", "frames:ready:face-1") instanceof Long n && n > 0);
        return reader.readNew(service.redis(), 1, Duration.ZERO).getFirst();
    }

    private static QueuedFrame queued(StreamEntry entry) {
        return switch (QueuedFrame.decode(entry.id(), Objects.requireNonNull(entry.fields()))) {
            case Decoded.Valid<QueuedFrame>(QueuedFrame frame) -> frame;
            case Decoded.Invalid<QueuedFrame> invalid -> throw new AssertionError(invalid.detail());
        };
    }

    private static AnswerWriter answers() {
        return new AnswerWriter(KEYS,
                new AnswerWriter.AnswerRoute("frames:ready:face-1", "g", "face-1", KEYS.results(), 1_000));
    }

    private void finish(StreamEntry entry) {
        answers().done(service.redis(), entry.id(),
                new Result(queued(entry), "face-1", Result.ResultStatus.SUCCESS, "{}",
                        Instant.now(), Duration.ofMillis(12), TraceContext.random()));
    }

    private void giveBack(StreamEntry entry) {
        answers().returned(service.redis(), entry.id(),
                new ReturnedFrame(queued(entry), ReturnedFrame.ReturnReason.RETRY,
                        "not now", Duration.ZERO, "face-1"));
    }

    private String scraped() {
        return service.client().get("/metrics").text();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"frames_captured_total | counter | camera_id",
            "frames_routed_total | counter | camera_id,processor_id,result",
            "frames_completed_total | counter | processor_id", "frames_shed_total | counter | camera_id,reason",
            "dead_letters_total | counter | reason", "redeliveries_total | counter | reason",
            "frames_lost_total | counter | reason", "redis_reconnects_total | counter | ",
            "routing_duration_seconds_bucket | histogram | le", "handoff_duration_seconds_bucket | histogram | le",
            "queue_wait_seconds_bucket | histogram | le", "end_to_end_seconds_bucket | histogram | le",
            "backpressure_level | gauge | ", "consumption_rate | gauge | capability",
            "processor_queue_depth | gauge | processor_id", "processors | gauge | status",
            "circuit_state | gauge | processor_id", "capture_backlog | gauge | ", "oldest_frame_age_seconds | gauge | ",
            "window_frames | gauge | ", "redis_up | gauge | ", "journey_dropped_total | counter | ",
            "orchestrator_info | gauge | routing_strategy,version"})
    void isThereByNameTypeAndLabels(String name, String type, String labels) {
        String full = "frame_buffer_" + name;
        String labelled = labels == null
                ? " "
                : "\\{" + String.join(",", List.of(labels.split(",")).stream().map(one -> one + "=\"[^\"]*\"").toList())
                        + "\\} ";
        Pattern sample = Pattern.compile("^" + full + labelled + "[0-9.e+-]+$", Pattern.MULTILINE);
        Await.until(full + " is there", () -> sample.matcher(scraped()).find());
        assertThat(scraped()).contains("# TYPE " + full.replaceFirst("_bucket$", "") + " " + type + "\n")
                .contains("# HELP " + full.replaceFirst("_bucket$", "") + " ");
    }

    @ParameterizedTest
    @CsvSource({"jvm_memory_used_bytes", "jvm_gc_collection_seconds", "jvm_threads_current",
            "process_cpu_seconds_total",
            "process_open_fds", "process_resident_memory_bytes"})
    void theProcessAndItsJvmAreMeasuredToo(String name) {
        assertThat(scraped()).contains("# TYPE " + name + " ");
    }

    @ParameterizedTest
    @CsvSource({"0.001", "0.005", "0.01", "0.025", "0.05", "0.1", "0.25", "0.5", "1.0"})
    void decisionsHaveFixedBuckets(String bound) {
        assertThat(scraped()).contains("frame_buffer_routing_duration_seconds_bucket{le=\"" + bound + "\"}");
    }

    @Test
    void theDocumentationNamesEachOfThemAndNoOther() throws IOException {
        Set<String> documented = names("^\\| `(\\w+)` \\|",
                Files.readString(Path.of("../docs/metrics.md")).replaceFirst("(?s)## Of a processor.*", ""));
        Await.until("all are there", () -> names("^# TYPE frame_buffer_(\\w+) ", scraped()).stream()
                .count() >= documented.size());
        assertThat(names("^# TYPE frame_buffer_(\\w+) ", scraped())).isEqualTo(documented);
    }

    private static Set<String> names(String pattern, String text) {
        return Pattern.compile(pattern, Pattern.MULTILINE).matcher(text).results().map(found -> found.group(1))
                .collect(Collectors.toCollection(TreeSet::new));
    }
}
