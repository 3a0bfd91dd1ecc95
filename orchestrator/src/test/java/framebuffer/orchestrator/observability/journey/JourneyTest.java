package framebuffer.orchestrator.observability.journey;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import framebuffer.orchestrator.api.contract.Running;
import framebuffer.orchestrator.processors.registry.RegistrationPolicy.RegistrationLimits;
import framebuffer.redis.GroupReader;
import framebuffer.redis.StreamEntry;
import framebuffer.redis.queues.AnswerWriter;
import framebuffer.testkit.Await;
import framebuffer.wire.Keys;
import framebuffer.wire.TraceContext;
import framebuffer.wire.frame.QueuedFrame;
import framebuffer.wire.frame.Result;
import framebuffer.wire.frame.ReturnedFrame;
import framebuffer.wire.text.Decoded;
import java.net.URLEncoder;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The journey of a frame, requested from a running service at each stage. */
class JourneyTest {
    private static final Keys KEYS = Keys.DEFAULT;

    @SuppressWarnings("NullAway.Init")
    private Running service;

    @BeforeEach
    void start(@TempDir Path folder) {
        service = new Running(folder, new RegistrationLimits(15, Duration.ofSeconds(5)));
    }

    @AfterEach
    void stop() {
        service.close();
    }

    private void register(String id, int capacity, String... capabilities) {
        assertThat(service.client().call("POST", "/processors/register",
                BodyPublishers.ofString("{\"id\": \"" + id + "\", \"capacity\": " + capacity + ", \"capabilities\": [\""
                        + String.join("\", \"", capabilities) + "\"], \"heartbeat_interval\": 3600}"))
                .status()).isEqualTo(201);
    }

    private void capture(String id, String... capabilities) {
        service.redis().call("XADD", KEYS.capture(), "*", "frame_id", id, "camera_id", "yard", "metadata",
                "{\"detection_types\": [\"" + String.join("\", \"", capabilities) + "\"]}");
    }

    private JsonNode journey(String id) {
        return service.client().get("/frames/" + id).json();
    }

    private JsonNode journeyIn(String id, String state) {
        Await.until(id + " is " + state, () -> journey(id).path("state").asText().equals(state));
        return journey(id);
    }

    private static List<String> what(JsonNode journey) {
        return StreamSupport.stream(journey.path("events").spliterator(), false).map(one -> one.path("what").asText())
                .toList();
    }

    private static JsonNode event(JsonNode journey, String what) {
        return StreamSupport.stream(journey.path("events").spliterator(), false)
                .filter(one -> one.path("what").asText().equals(what)).reduce((_, last) -> last).orElseThrow();
    }

    private StreamEntry read(String processor) {
        GroupReader reader = new GroupReader("frames:ready:" + processor, "g", "w");
        reader.ensureGroup(service.redis());
        return reader.readNew(service.redis(), 1, Duration.ZERO).getFirst();
    }

    private static QueuedFrame queued(StreamEntry entry) {
        return switch (QueuedFrame.decode(entry.id(), Objects.requireNonNull(entry.fields()))) {
            case Decoded.Valid<QueuedFrame>(QueuedFrame frame) -> frame;
            case Decoded.Invalid<QueuedFrame> invalid -> throw new AssertionError(invalid.detail());
        };
    }

    private static AnswerWriter answers(String processor) {
        return new AnswerWriter(KEYS,
                new AnswerWriter.AnswerRoute("frames:ready:" + processor, "g", processor, KEYS.results(), 1_000));
    }

    private void finish(String processor, StreamEntry entry) {
        assertThat(answers(processor).done(service.redis(), entry.id(), new Result(queued(entry), processor,
                Result.ResultStatus.SUCCESS, "{}", Instant.now(), Duration.ofMillis(12), TraceContext.random())))
                .isTrue();
    }

    @Test
    void aFrameIsFoundAtEachStationOfItsWay() {
        capture("f", "face");
        JsonNode waiting = journeyIn("f", "waiting");
        Await.until("read", () -> what(journey("f")).equals(List.of("captured", "read")));
        assertThat(waiting.path("camera_id").asText()).isEqualTo("yard");
        register("face-1", 4, "face");
        assertThat(journeyIn("f", "queued").path("processor_id").asText()).isEqualTo("face-1");
        StreamEntry entry = read("face-1");
        assertThat(what(journeyIn("f", "processing"))).contains("given");
        finish("face-1", entry);
        JsonNode done = journeyIn("f", "done");
        assertThat(event(done, "done").path("took_ms").asDouble()).isEqualTo(12);
        Await.until("the decision is recorded", () -> what(journey("f")).contains("handed_off"));
        JsonNode decision = event(journey("f"), "handed_off");
        assertThat(decision.path("instance").asText()).isEqualTo("one");
        assertThat(decision.path("processor_id").asText()).isEqualTo("face-1");
        assertThat(decision.path("trace_id").asText()).hasSize(32);
    }

    @Test
    void theDecisionNamesThoseWhoWereConsideredWithTheirLoadAtThatMoment() {
        register("face-1", 2, "face");
        register("face-2", 1, "face");
        register("car-1", 9, "car");
        for (String id : List.of("f1", "f2", "f3")) {
            capture(id, "face");
            Await.until("recorded", () -> what(journey(id)).contains("handed_off"));
        }
        JsonNode candidates = event(journey("f3"), "handed_off").path("candidates");
        assertThat(candidates).extracting(one -> one.path("processor_id").asText()).containsExactly("face-1",
                "face-2");
        assertThat(candidates).extracting(one -> one.path("outstanding").asInt()).containsExactly(1, 1);
        assertThat(candidates).extracting(one -> one.path("eligible").asBoolean()).containsExactly(true, false);
        assertThat(candidates.get(0).path("reason").asText()).startsWith("chosen");
    }

    @Test
    void eachCapabilityIsAPartOfItsOwn() {
        register("face-1", 4, "face");
        register("car-1", 4, "car");
        capture("both", "face", "car");
        journeyIn("both", "queued");
        finish("face-1", read("face-1"));
        Await.until("both are known", () -> journey("both").path("parts").size() == 2);
        JsonNode journey = journey("both");
        assertThat(journey.path("state").asText()).isEqualTo("queued");
        assertThat(journey.path("parts"))
                .extracting(part -> part.path("capability").asText() + " " + part.path("state").asText())
                .containsExactlyInAnyOrder("face done", "car queued");
        finish("car-1", read("car-1"));
        journeyIn("both", "done");
    }

    @Test
    void whatWasTriedBeforeIsTold() {
        register("face-1", 4, "face");
        capture("twice", "face");
        journeyIn("twice", "queued");
        StreamEntry entry = read("face-1");
        answers("face-1").returned(service.redis(), entry.id(), new ReturnedFrame(queued(entry),
                ReturnedFrame.ReturnReason.FAILED, "out of memory", Duration.ZERO, "face-1"));
        Await.until("handed off again", () -> journey("twice").path("attempt").asInt() == 2);
        Await.until("recorded", () -> what(journey("twice")).stream().filter("handed_off"::equals).count() == 2);
        assertThat(event(journey("twice"), "handed_off").path("reason").asText()).isEqualTo("returned");
    }

    @Test
    void oneThatWasGivenUpOnIsDeadWithTheReason() {
        register("face-1", 4, "face");
        capture("bad", "face");
        journeyIn("bad", "queued");
        StreamEntry entry = read("face-1");
        answers("face-1").returned(service.redis(), entry.id(), new ReturnedFrame(queued(entry),
                ReturnedFrame.ReturnReason.REJECTED, "no picture", Duration.ZERO, "face-1"));
        JsonNode dead = journeyIn("bad", "dead");
        assertThat(event(dead, "dead").path("reason").asText()).isEqualTo("rejected");
        assertThat(event(dead, "dead").path("detail").asText()).contains("no picture");
        assertThat(what(dead).stream().filter("dead"::equals)).hasSize(1);
    }

    @Test
    void twoFramesOfOneNameAreTwo() {
        capture("same", "face");
        capture("same", "face");
        Await.until("both are found", () -> journey("same").size() == 2 && journey("same").isArray());
    }

    @Test
    void ofOneOfWhichNothingIsKnownThatIsSaid() {
        assertThat(service.client().get("/frames/nobody").status()).isEqualTo(404);
        service.redis().call("SET", KEYS.journey(), "in the way");
        capture("f", "face");
        journeyIn("f", "waiting");
    }

    @Test
    void namesMayHoldAnything() {
        register("face-1", 4, "face");
        String name = "a\tb\nH\\\u001f/%ü";
        capture(name, "face");
        String path = URLEncoder.encode(name, StandardCharsets.UTF_8).replace("+", "%20");
        Await.until("recorded", () -> what(journey(path)).contains("handed_off"));
        assertThat(journey(path).path("frame_id").asText()).isEqualTo(name);
    }

    @Test
    void pagesThatSomebodyElseWroteSayNothing() {
        service.redis().call("XADD", KEYS.journey(), "*", "page", "\nL\tnever\t\nH\tf\tcam", "instance", "x");
        service.redis().call("XADD", KEYS.journey(), "*", "page", new byte[]{'\n', 'H', '\t', 'f', '\t', -1});
        service.redis().call("XADD", KEYS.journey(), "*", "other", "field");
        service.redis().call("XADD", KEYS.journey(), "*", "page", "\nP\nL\t1\t\nE\tf\tcam\t1-0\tbogus\twhy\tso",
                "instance",
                "x");
        service.redis().call("XADD", KEYS.journey(), "*", "page",
                "\nP\tp\u001f0\u001fface\nL\t1\t0\nH\tf\tcam\t1-0\t0\tc\t\t\t1\t\th\tface\u001fp", "instance", "x");
        assertThat(service.client().get("/frames/f").status()).isEqualTo(404);
    }
}
