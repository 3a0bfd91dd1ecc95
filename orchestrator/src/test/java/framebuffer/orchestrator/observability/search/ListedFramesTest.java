package framebuffer.orchestrator.observability.search;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import framebuffer.orchestrator.api.contract.Running;
import framebuffer.orchestrator.processors.registry.RegistrationPolicy.RegistrationLimits;
import framebuffer.redis.GroupReader;
import framebuffer.redis.Replies;
import framebuffer.redis.StreamEntry;
import framebuffer.redis.queues.AnswerWriter;
import framebuffer.testkit.Await;
import framebuffer.wire.Keys;
import framebuffer.wire.TraceContext;
import framebuffer.wire.frame.QueuedFrame;
import framebuffer.wire.frame.Result;
import framebuffer.wire.frame.ReturnedFrame;
import framebuffer.wire.text.Decoded;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The list of frames of a running service, after frames of every fate. */
class ListedFramesTest {
    private static final Keys KEYS = Keys.DEFAULT;
    private static final int FRAMES = 200;
    /** The fate of each part: camera, frame, capability, state, reason. */
    private static final TreeSet<String> FATES = new TreeSet<>();

    @SuppressWarnings("NullAway.Init")
    private static Running service;

    @BeforeAll
    static void runFramesOfEveryFate(@TempDir Path folder) {
        service = new Running(folder, new RegistrationLimits(15, Duration.ofSeconds(5)));
        for (String capability : List.of("face", "car")) {
            service.client().call("POST", "/processors/register", BodyPublishers.ofString("{\"id\": \"" + capability
                    + "-1\", \"capacity\": 1000, \"capabilities\": [\"" + capability
                    + "\"], \"heartbeat_interval\": 3600}"));
        }
        Random random = new Random(25);
        for (int i = 0; i < FRAMES; i++) {
            capture(i, random.nextInt(3));
        }
        capture("broken", "\t\nyard", "priority", "99");
        FATES.add("\t\nyard broken  dead invalid");
        Await.until("all are handed off", () -> length("face-1") + length("car-1") == FATES.stream()
                .filter(fate -> fate.endsWith(" queued null")).count());
        endSome(random);
        Await.until("the journal has all of it", () -> new TreeSet<>(listed("", 1_000)).equals(FATES));
    }

    private static void capture(int number, int kind) {
        String camera = "cam-" + number % 4;
        String name = "f" + number;
        switch (kind) {
            case 0 -> {
                capture(name, camera, "detection_type", "face", "expires_at", "2020-01-01T00:00:00Z");
                FATES.add(camera + " " + name + " face shed expired");
            }
            case 1 -> {
                capture(name, camera, "detection_type", "face");
                FATES.add(camera + " " + name + " face queued null");
            }
            default -> {
                capture(name, camera, "metadata", "{\"detection_types\": [\"face\", \"car\"]}");
                FATES.add(camera + " " + name + " face queued null");
                FATES.add(camera + " " + name + " car queued null");
            }
        }
    }

    private static void capture(String name, String camera, String... more) {
        List<Object> line = new ArrayList<>(List.of(KEYS.capture(), "*", "frame_id", name, "camera_id", camera));
        line.addAll(List.of(more));
        service.redis().call("XADD", line.toArray());
    }

    private static long length(String processor) {
        return Replies.number(service.redis().call("XLEN", "frames:ready:" + processor));
    }

    /** Finishes some frames of the face detector, rejects some, gives some back for later, and keeps the others. */
    private static void endSome(Random random) {
        GroupReader reader = new GroupReader("frames:ready:face-1", "g", "w");
        reader.ensureGroup(service.redis());
        AnswerWriter answers = new AnswerWriter(KEYS,
                new AnswerWriter.AnswerRoute("frames:ready:face-1", "g", "face-1", KEYS.results(), 1_000));
        for (StreamEntry entry : reader.readNew(service.redis(), 100, Duration.ZERO)) {
            QueuedFrame queued = switch (QueuedFrame.decode(entry.id(), Objects.requireNonNull(entry.fields()))) {
                case Decoded.Valid<QueuedFrame>(QueuedFrame frame) -> frame;
                case Decoded.Invalid<QueuedFrame> invalid -> throw new AssertionError(invalid.detail());
            };
            String part = queued.frame().cameraId() + " " + queued.frame().frameId() + " face ";
            FATES.remove(part + "queued null");
            switch (random.nextInt(4)) {
                case 0 -> {
                    answers.done(service.redis(), entry.id(), new Result(queued, "face-1", Result.ResultStatus.SUCCESS,
                            "{}", Instant.now(), Duration.ofMillis(12), TraceContext.random()));
                    FATES.add(part + "done null");
                }
                case 1 -> {
                    returned(answers, entry, queued, ReturnedFrame.ReturnReason.REJECTED, Duration.ZERO);
                    FATES.add(part + "dead rejected");
                }
                case 2 -> {
                    returned(answers, entry, queued, ReturnedFrame.ReturnReason.RETRY, Duration.ofHours(1));
                    FATES.add(part + "waiting null");
                }
                default -> {
                    returned(answers, entry, queued, ReturnedFrame.ReturnReason.RETRY, Duration.ZERO);
                    FATES.add(part + "queued null");
                }
            }
        }
        List<StreamEntry> processing = reader.readNew(service.redis(), 1, Duration.ZERO);
        assertThat(processing).hasSize(1);
        String name = Objects.requireNonNull(processing.getFirst().fields()).text("frame_id");
        String camera = Objects.requireNonNull(processing.getFirst().fields()).text("camera_id");
        FATES.remove(camera + " " + name + " face queued null");
        FATES.add(camera + " " + name + " face processing null");
    }

    private static void returned(AnswerWriter answers, StreamEntry entry, QueuedFrame queued,
            ReturnedFrame.ReturnReason reason, Duration after) {
        answers.returned(service.redis(), entry.id(), new ReturnedFrame(queued, reason, "said the test", after,
                "face-1"));
    }

    private static List<JsonNode> rows(String filter, int limit) {
        List<JsonNode> all = new ArrayList<>();
        String cursor = "";
        do {
            JsonNode page = service.client().get("/frames?limit=" + limit + cursor + filter).json();
            assertThat(page.path("frames").size()).isLessThanOrEqualTo(limit);
            page.path("frames").forEach(all::add);
            cursor = page.path("next").isTextual() ? "&cursor=" + page.path("next").asText() : "";
        } while (!cursor.isEmpty());
        return all;
    }

    private static List<String> listed(String filter, int limit) {
        return rows(filter, limit).stream()
                .map(row -> row.path("camera_id").asText() + " " + row.path("frame_id").asText() + " "
                        + row.path("capability").asText() + " " + row.path("state").asText() + " "
                        + row.path("reason").asText())
                .toList();
    }

    private static List<String> fates(String pattern) {
        return FATES.stream().filter(fate -> fate.replace('\n', ' ').matches(pattern)).toList();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 7, 50, 128, 129, 1_000})
    void everyPartOfEveryFrameIsListedOnceWhateverThePageSize(int limit) {
        assertThat(listed("", limit)).containsExactlyInAnyOrderElementsOf(FATES);
        assertThat(rows("", limit)).extracting(row -> Instant.parse(row.path("at").asText()))
                .isSortedAccordingTo((one, other) -> other.compareTo(one));
    }

    @ParameterizedTest
    @ValueSource(strings = {"shed", "dead", "done", "waiting", "queued", "processing"})
    void framesAreFoundByState(String state) {
        assertThat(fates(".* " + state + " \\w+")).isNotEmpty();
        assertThat(listed("&state=" + state, 10))
                .containsExactlyInAnyOrderElementsOf(fates(".* " + state + " \\w+"));
    }

    @Test
    void whyAFrameOfACameraWasShedIsOneQuery() {
        assertThat(listed("&camera=cam-2&state=shed", 1_000))
                .containsExactlyInAnyOrderElementsOf(fates("cam-2 .* shed expired")).isNotEmpty();
        assertThat(rows("&camera=cam-2&reason=expired", 5)).isNotEmpty()
                .allMatch(row -> !row.path("detail").asText().isEmpty());
        assertThat(listed("&camera=%09%0Ayard", 10)).containsExactly("\t\nyard broken  dead invalid");
    }

    @Test
    void framesAreFoundByCapabilityProcessorAndTime() {
        assertThat(listed("&capability=car", 9)).containsExactlyInAnyOrderElementsOf(fates(".* car \\w+ \\w+"));
        assertThat(listed("&processor=car-1", 9)).containsExactlyInAnyOrderElementsOf(fates(".* car \\w+ \\w+"));
        List<JsonNode> all = rows("", 1_000);
        String middle = all.get(all.size() / 2).path("at").asText();
        List<String> parts = new ArrayList<>(listed("&from=" + middle, 9));
        assertThat(parts).hasSizeLessThan(FATES.size());
        parts.addAll(listed("&to=" + middle, 9));
        assertThat(parts).containsExactlyInAnyOrderElementsOf(FATES);
        assertThat(listed("&from=4102444800", 9)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"state, tired", "from, yesterday", "to, 99999999999999999", "limit, 0", "limit, 1001", "cursor, 1",
            "cursor, '1-1.1,1-1.1'"})
    void aParameterThatIsWrongIsRefusedByName(String field, String value) {
        assertThat(service.client().get("/frames?" + field + "=" + value).json().at("/errors/0/field").asText())
                .isEqualTo(field);
    }

    @AfterAll
    static void stop() {
        service.close();
    }
}
