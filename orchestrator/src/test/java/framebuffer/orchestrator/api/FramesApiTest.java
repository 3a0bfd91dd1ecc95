package framebuffer.orchestrator.api;

import static framebuffer.orchestrator.api.ProcessorsApiTest.problem;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import framebuffer.orchestrator.api.contract.CheckedClient.Answer;
import framebuffer.redis.GroupReader;
import framebuffer.redis.RedisConnection;
import framebuffer.redis.Replies;
import framebuffer.redis.StreamEntry;
import framebuffer.redis.embedded.EmbeddedRedis;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FramesApiTest {
    private static final String QUEUE = "frames:ready:face-1";

    @TempDir
    static Path folder;
    private static EmbeddedRedis server;

    private RedisConnection redis;
    private Service service;

    @BeforeAll
    static void startRedis() {
        server = EmbeddedRedis.start(folder);
    }

    @AfterAll
    static void stopRedis() {
        server.close();
    }

    @BeforeEach
    void open() {
        redis = RedisConnection.open(server.address());
        redis.call("FLUSHALL");
        service = new Service(server.address());
        register("face-1", "face", 4);
    }

    @AfterEach
    void close() {
        service.close();
        redis.close();
    }

    private void register(String id, String capability, int capacity) {
        assertThat(service.post("/processors/register", "{\"id\": \"" + id + "\", \"capabilities\": [\"" + capability
                + "\"], \"capacity\": " + capacity + "}").status()).isEqualTo(201);
    }

    private void enqueue(int frames) {
        for (int i = 0; i < frames; i++) {
            redis.call("XADD", QUEUE, "*", "frame_id", "f" + i);
        }
    }

    private Answer route(String frame) {
        return service.post("/frames/route", "{\"frame\": " + frame + "}");
    }

    private Answer dryRun(String frame) {
        return service.post("/frames/route", "{\"dry_run\": true, \"frame\": " + frame + "}");
    }

    private static String frame(String more) {
        return "{\"frame_id\": \"f-1\", \"camera_id\": \"yard\"" + more + "}";
    }

    private static String needing(String capability) {
        return frame(", \"detection_type\": \"" + capability + "\"");
    }

    private long captured() {
        return Replies.number(redis.call("XLEN", "frames:capture"));
    }

    @Test
    void aFrameAndACameraAreFoundUnderAnyNameThatTheirProducerGaveThem() {
        service.shed("site/yard 17");
        assertThat(service.get("/frames/site%2Fyard%2017").json().path("frame_id").asText()).isEqualTo("site/yard 17");
        assertThat(service.call("PUT", "/cameras/site%2Fyard/policy", "{\"keep\": \"latest\"}").json()
                .path("camera_id").asText()).isEqualTo("site/yard");
        assertThat(service.call("PUT", "/api/v1/cameras/%0D%0Ayard/policy", "{}").json().path("camera_id").asText())
                .isEqualTo("\r\nyard");
        assertThat(service.get("/api/v1/cameras").text()).contains("site/yard");
        assertThat(service.call("DELETE", "/cameras/site%2Fyard/policy", "").status()).isEqualTo(204);
    }

    @Test
    void aDeletedCameraLeavesAndWhatBecameOfItsFramesStaysCounted() {
        redis.call("HSET", "frame-buffer:ledger", "captured:yard", "3", "done:yard", "2", "shed.expired:yard", "1");
        redis.call("HSET", "frame-buffer:cameras-seen", "yard", "1763899200000-0");
        service.call("PUT", "/cameras/yard/policy", "{\"keep\": \"latest\"}");
        assertThat(service.call("DELETE", "/cameras/yard", "").status()).isEqualTo(200);
        assertThat(service.get("/cameras").json()).isEmpty();
        assertThat(service.get("/frames/ledger").json().at("/cameras/0/camera_id").asText()).isEqualTo("other");
        assertThat(service.get("/frames/ledger").json().at("/total/captured").asInt()).isEqualTo(3);
        assertThat(service.call("DELETE", "/cameras/yard", "").status()).isEqualTo(404);
    }

    @Test
    void manyCamerasComeInParts() {
        for (int i = 0; i < 1_200; i++) {
            String camera = String.format("c%04d", i);
            redis.call("HSET", "frame-buffer:ledger", "captured:" + camera, "1", "done:" + camera, "1");
            redis.call("HSET", "frame-buffer:cameras-seen", camera, 1_763_899_200_000L + i + "-0");
        }
        assertThat(service.get("/cameras").json()).hasSize(1_000);
        assertThat(service.get("/cameras?after=c0999").json()).hasSize(200);
        assertThat(service.get("/cameras?after=c0009&limit=2").json().findValuesAsText("camera_id"))
                .containsExactly("c0010", "c0011");
        assertThat(service.get("/frames/ledger?limit=1").json().path("cameras")).hasSize(1);
        assertThat(service.get("/cameras?limit=1001").status()).isEqualTo(422);
        JsonNode overview = service.get("/overview").json();
        assertThat(overview.path("cameras_total").asInt()).isEqualTo(1_200);
        assertThat(overview.path("cameras").findValuesAsText("camera_id")).hasSize(500).startsWith("c0700");
        assertThat(overview.at("/ledger/cameras")).hasSize(500);
        assertThat(overview.at("/ledger/total/captured").asInt()).isEqualTo(1_200);
    }

    @Test
    void aTypoInAPolicyIsRefusedAndResetsNothing() {
        service.call("PUT", "/cameras/yard/policy", "{\"keep\": \"latest\"}");
        Answer refused = service.call("PUT", "/cameras/yard/policy", "{\"max_age\": 5000}");
        assertThat(refused.status()).isEqualTo(422);
        assertThat(refused.text()).contains("did you mean max_age_ms?");
        assertThat(service.get("/cameras").text()).contains("{\"camera_id\":\"yard\",\"keep\":\"latest\"");
        service.call("DELETE", "/cameras/yard/policy", "");
    }

    @Test
    void camerasAreListedInNaturalOrder() {
        List<String> names = List.of("load-2", "load-10");
        names.forEach(name -> service.call("PUT", "/cameras/" + name + "/policy", "{}"));
        assertThat(service.get("/cameras").json().findValuesAsText("camera_id")).containsSubsequence(names);
        names.forEach(name -> service.call("DELETE", "/cameras/" + name + "/policy", ""));
    }

    @Test
    void aFrameThatWasShedForTwoCapabilitiesIsOneFrame() {
        service.shed("two", "1763899200000-0", "face");
        service.shed("two", "1763899200000-0", "car");
        assertThat(service.get("/frames/two").json().path("parts")).hasSize(2);
        service.shed("two", "1763899200001-0", "car");
        assertThat(service.get("/frames/two").json()).hasSize(2);
    }

    @Test
    void theStatsAreTheLedgersInShortWithTheQueues() {
        service.rates.note(service.clock.now(), 0, Map.of());
        redis.call("HSET", "frame-buffer:ledger", "captured:a", "20", "done:a", "9", "shed.expired:a", "2",
                "shed.superseded:a", "1", "dead:a", "3", "lost:a", "1", "captured:b", "1", "done:b", "1");
        enqueue(3);
        new GroupReader(QUEUE, "g", "c").ensureGroup(redis);
        new GroupReader(QUEUE, "g", "c").readNew(redis, 2, Duration.ZERO);
        service.clock.advance(Duration.ofSeconds(4));
        assertThat(service.get("/frames/stats").json()).isEqualTo(Service.parsed("{\"captured\": 21, "
                + "\"completed\": 10, \"shed\": 3, \"dead\": 3, \"lost\": 1, \"in_flight\": 4, "
                + "\"rate_per_second\": 2.5, \"queues\": {\"face-1\": {\"length\": 3, \"pending\": 2}}}"));
    }

    @Test
    void theBacklogsTellWhatWaitsWhere() {
        enqueue(3);
        redis.call("XADD", "frames:capture", "1000-0", "frame_id", "old", "camera_id", "yard");
        redis.call("XADD", "frames:capture", "*", "frame_id", "new", "camera_id", "yard");
        GroupReader ours = new GroupReader("frames:capture", "frame-buffer-v2", "i1");
        ours.ensureGroup(redis);
        ours.readNew(redis, 1, Duration.ZERO);
        JsonNode backlogs = service.get("/frames/backlogs").json();
        assertThat(backlogs.path("capture").path("oldest_age_seconds").asDouble()).isGreaterThan(1e9);
        assertThat(backlogs.path("capture").path("length").asInt()).isEqualTo(2);
        assertThat(backlogs.path("capture").path("pending").asInt()).isEqualTo(1);
        assertThat(backlogs.path("capture").path("backlog").asInt()).isEqualTo(2);
        assertThat(backlogs.path("window")).hasToString("{\"frames\":7,\"limit\":10000}");
        assertThat(backlogs.path("processors")).hasToString("[{\"processor_id\":\"face-1\",\"length\":3,"
                + "\"pending\":0,\"outstanding\":3,\"capacity\":4,\"utilization\":0.75}]");
    }

    @Test
    void aDryRunTellsTheChoiceAndChangesNothing() {
        enqueue(1);
        register("face-2", "face", 4);
        Answer answer = dryRun(needing("face"));
        assertThat(answer.status()).isEqualTo(200);
        String candidates = "[{\"processor_id\":\"face-1\",\"utilization\":0.25,\"eligible\":true,\"reason\":\"has "
                + "room for 3 of 4\"},{\"processor_id\":\"face-2\",\"utilization\":0.0,\"eligible\":true,\"reason\":"
                + "\"has room for 4 of 4\"}]";
        assertThat(answer.text()).isEqualTo("{\"processor_id\":\"face-2\",\"strategy\":\"least_loaded\",\"candidates\":"
                + candidates + ",\"choices\":[{\"capability\":\"face\",\"processor_id\":\"face-2\",\"candidates\":"
                + candidates + "}]}");
        assertThat(captured()).isZero();
    }

    @Test
    void otherwiseTheFrameIsCapturedAsAProducerWouldWriteIt() {
        Answer answer = route(frame(", \"priority\": 7, \"metadata\": {\"detection_type\": \"face\"}, \"more\": null, "
                + "\"sharp\": true, \"note\": \"\u00e4\""));
        assertThat(answer.status()).isEqualTo(200);
        StreamEntry entry = Replies.entries(redis.call("XRANGE", "frames:capture", "-", "+")).getFirst();
        assertThat(answer.json().path("capture_id").asText()).isEqualTo(entry.id().toString());
        assertThat(Objects.requireNonNull(entry.fields())).asString().isEqualTo("{frame_id=f-1, camera_id=yard, "
                + "priority=7, metadata={\"detection_type\":\"face\"}, sharp=true, note=\u00e4}");
    }

    @Test
    void metadataMayBeTextToo() {
        assertThat(dryRun(frame(", \"metadata\": \"{\\\"detection_types\\\": [\\\"face\\\"]}\"")).json()
                .path("choices").path(0).path("capability").asText()).isEqualTo("face");
    }

    @Test
    void aFrameForTwoCapabilitiesHasTwoChoices() {
        register("car-1", "car", 1);
        JsonNode answer = dryRun(frame(", \"metadata\": {\"detection_types\": [\"face\", \"car\"]}")).json();
        assertThat(answer.path("processor_id").asText()).isEqualTo("face-1");
        assertThat(answer.path("choices")).extracting(choice -> choice.path("processor_id").asText())
                .containsExactly("face-1", "car-1");
    }

    @Test
    void whatNobodyOffersIsAConflictThatSaysWhyAndIsNotCaptured() {
        Answer answer = route(needing("age"));
        problem(answer, 409, "no-processor");
        assertThat(answer.json().path("detail").asText())
                .isEqualTo("No processor can take the frame: no usable processor offers age");
        assertThat(answer.json().path("capability").asText()).isEqualTo("age");
        assertThat(answer.json().path("candidates")).hasToString("[{\"processor_id\":\"face-1\",\"utilization\":0.0,"
                + "\"eligible\":false,\"reason\":\"does not offer age\"}]");
        assertThat(captured()).isZero();
    }

    @Test
    void whoeverIsFullDrainingOrUnhealthyTakesNothing() {
        enqueue(4);
        assertThat(dryRun(needing("face")).json().path("candidates").path(0).path("reason").asText())
                .isEqualTo("is full: 4 of 4 outstanding");
        assertThat(service.post("/processors/face-1/drain", "").status()).isEqualTo(202);
        assertThat(dryRun(needing("face")).json().path("candidates").path(0).path("reason").asText())
                .isEqualTo("is draining: it gets no new frames");
        service.call("PUT", "/processors/face-1", "{\"capabilities\": [\"face\"], \"capacity\": 9}");
        service.clock.advance(Duration.ofSeconds(60));
        Answer answer = dryRun(needing("face"));
        problem(answer, 409, "no-processor");
        assertThat(answer.json().path("candidates").path(0).path("reason").asText())
                .isEqualTo("is unhealthy: no sign of life within its lease of 60 s");
    }

    @Test
    void anInvalidFrameNamesTheFieldsAtFault() {
        Answer answer = route("{\"camera_id\": \"\", \"priority\": 99, \"metadata\": [1], \"width\": 0}");
        problem(answer, 422, "invalid");
        assertThat(answer.json().path("errors")).extracting(error -> error.path("field").asText())
                .containsExactlyInAnyOrder("frame.frame_id", "frame.camera_id", "frame.priority", "frame.metadata",
                        "frame.width");
        for (String body : List.of("", "[]", "{}", "{\"frame\": null}", "{\"frame\": \"text\"}",
                "{\"dry_run\": \"yes\", \"frame\": " + frame("") + "}")) {
            problem(service.post("/frames/route", body), 422, "invalid");
        }
        assertThat(captured()).isZero();
    }
}
