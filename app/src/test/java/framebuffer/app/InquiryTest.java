package framebuffer.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import framebuffer.testkit.CommandOutput;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The output of {@code processors}, {@code route} and {@code trace} for each documented response. */
class InquiryTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String PROCESSORS = """
            [{"id": "face-1", "capabilities": ["face_detection", "gesture"], "capacity": 10, "status": "healthy",
              "queue": "frames:ready:face-1", "capacity_used": 3, "last_seen": "2026-01-01T00:00:00.000000Z",
              "status_reason": "says so"},
             {"id": "a-much-longer-name", "capabilities": [], "capacity": 1, "status": "degraded",
              "queue": "frames:ready:x\\u001b[31m", "last_seen": "2026-01-01T00:00:00.000000Z"}]""";
    private static final String ROUTE = """
            {"processor_id": "face-1", "strategy": "least_loaded", "candidates": [
              {"processor_id": "face-1", "utilization": 0.3, "eligible": true, "reason": "has room"},
              {"processor_id": "face-2", "utilization": 1.0, "eligible": false, "reason": "is full"}]}""";

    private static final String FRAME = """
            {"frame_id": "yard-17", "camera_id": "yard", "state": "done", "processor_id": "face-2", "attempt": 2,
             "capture_id": "1763899200000-0",
             "events": [
              {"at": "2026-11-23T12:00:00.000000Z", "what": "captured"},
              {"at": "2026-11-23T12:00:00.004200Z", "what": "handed_off", "instance": "box-8002",
               "processor_id": "face-1", "capability": "face_detection", "attempt": 1, "took_ms": 3.1,
               "detail": "chosen among the processors with room", "candidates": [
                {"processor_id": "face-1", "outstanding": 1, "capacity": 4, "utilization": 0.25, "eligible": true,
                 "reason": "chosen: has room for 3"},
                {"processor_id": "face-2", "outstanding": 4, "capacity": 4, "utilization": 1.0, "eligible": false,
                 "reason": "is full"}]},
              {"at": "2026-11-23T12:00:00.104000Z", "what": "returned", "processor_id": "face-1",
               "capability": "face_detection", "attempt": 2, "reason": "failed", "detail": "out of memory"},
              {"at": "2026-11-23T12:00:00.109000Z", "what": "handed_off", "instance": "box-8002",
               "processor_id": "face-2", "capability": "face_detection", "attempt": 2, "took_ms": 0.6,
               "reason": "returned", "detail": "its processor returned it"},
              {"at": "2026-11-23T12:00:00.151000Z", "what": "done", "processor_id": "face-2",
               "capability": "face_detection", "attempt": 2, "reason": "success", "took_ms": 40.2}],
             "parts": [{"capability": "face_detection", "state": "done", "processor_id": "face-2", "attempt": 2}]}""";

    @Test
    void processorsAreShownInColumns() throws IOException {
        try (AnsweringServer service = new AnsweringServer(200, PROCESSORS)) {
            String[] lines = service.asked("processors").isFine().out().split("\n");
            assertThat(lines).hasSize(3);
            assertThat(lines[0]).startsWith("ID ").contains("STATUS", "CAPABILITIES", "CAPACITY", "USED", "QUEUE",
                    "LAST SEEN");
            assertThat(lines[1]).containsSubsequence("face-1 ", "healthy ", "face_detection, gesture ", "10 ", "3 ",
                    "frames:ready:face-1 ", "2026-01-01T00:00:00.000000Z", "says so");
            int status = lines[0].indexOf("STATUS");
            assertThat(lines[1].substring(status)).startsWith("healthy");
            assertThat(lines[2].substring(status)).startsWith("degraded");
            assertThat(lines[2]).contains("frames:ready:x?[31m").endsWith(" -");
        }
    }

    @Test
    void processorsMayBeFilteredByTheService() throws IOException {
        try (AnsweringServer service = new AnsweringServer(200, "[]")) {
            assertThat(service.asked("processors").isFine().out()).contains("no such processor");
            assertThat(service.asked).isEqualTo("GET /processors");
            service.asked("processors --capability=a&b --status=healthy").isFine();
            assertThat(service.asked).isEqualTo("GET /processors?capability=a%26b&status=healthy");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"processors", "route"})
    void asJsonTheAnswerIsUnchanged(String command) throws IOException {
        String answer = "{\"odd\":  [1.50,\t\"é\"]}";
        try (AnsweringServer service = new AnsweringServer(200, answer)) {
            assertThat(service.asked(command + " --json").isFine().out()).isEqualToIgnoringNewLines(answer);
        }
    }

    @Test
    void routeAsksForADecisionAndShowsWhoCouldHaveTakenTheFrame() throws IOException {
        try (AnsweringServer service = new AnsweringServer(200, ROUTE)) {
            CommandOutput said = service.asked("route --detect face_detection,gesture --camera front --priority 3")
                    .isFine();
            assertThat(said.out()).containsSubsequence("face-1 would get the frame, by least_loaded", "PROCESSOR",
                    "face-1 ", "0.3 ", "yes ", "has room", "face-2 ", "1.0 ", "no ", "is full");
            assertThat(service.asked).isEqualTo("POST /frames/route");
            JsonNode asked = JSON.readTree(service.body);
            assertThat(asked.path("dry_run").asBoolean()).isTrue();
            assertThat(asked.path("frame").path("camera_id").asText()).isEqualTo("front");
            assertThat(asked.path("frame").path("priority").asInt()).isEqualTo(3);
            assertThat(asked.path("frame").path("metadata").path("detection_types").valueStream()
                    .map(JsonNode::asText)).containsExactly("face_detection", "gesture");
        }
    }

    @Test
    void aFrameForSeveralCapabilitiesHasAChoiceForEach() throws IOException {
        String choices = "{\"strategy\": \"round_robin\", \"choices\": ["
                + ROUTE.replaceFirst("\\{", "{\"capability\": \"a\",")
                + "," + ROUTE.replace("face-1", "b-1").replaceFirst("\\{", "{\"capability\": \"b\",") + "]}";
        try (AnsweringServer service = new AnsweringServer(200, choices)) {
            assertThat(service.asked("route --detect a,b").isFine().out()).containsSubsequence(
                    "a: face-1 would get the frame, by round_robin", "PROCESSOR",
                    "b: b-1 would get the frame, by round_robin",
                    "PROCESSOR");
        }
    }

    @Test
    void routeSendsAFrameOnlyWhenItIsToldTo() throws IOException {
        String sent = ROUTE.replaceFirst("\\{", "{\"capture_id\": \"17-0\",");
        try (AnsweringServer service = new AnsweringServer(200, sent)) {
            assertThat(service.asked("route --send").isFine().out()).contains("sent as 17-0");
            assertThat(JSON.readTree(service.body).path("dry_run").asBoolean(true)).isFalse();
        }
    }

    @Test
    void whereNobodyCanTakeTheFrameTheReasonIsSaidAndTheExitCodeIs1() throws IOException {
        String problem = "{\"detail\": \"nobody offers face_detection\", \"candidates\": [{\"processor_id\": \"car-1\"}]}";
        try (AnsweringServer service = new AnsweringServer(409, problem)) {
            CommandOutput said = service.asked("route");
            assertThat(said.code()).isOne();
            assertThat(said.out()).contains("car-1 ");
            assertThat(said.err()).isEqualToIgnoringNewLines("nobody offers face_detection");
            assertThat(service.asked("route --json").code()).isOne();
        }
    }

    @Test
    void aPriorityThatIsNoneIsSaidInOneLine() {
        CommandOutput.by("route", "--priority", "11")
                .isOneLineWith("priority must be a whole number from 0 to 10, not 11");
    }

    @ParameterizedTest
    @ValueSource(strings = {"processors", "route"})
    void aServiceThatIsNotThereIsSaidInOneLine(String command) {
        CommandOutput.by(command, "--orchestrator-url", "http://127.0.0.1:1").isOneLineWith("http://127.0.0.1:1",
                "frame-buffer serve", "--orchestrator-url");
        CommandOutput.by(command, "--orchestrator-url", "localhost:8002").isOneLineWith("--orchestrator-url");
        CommandOutput.by(command, "--orchestrator-url", "nonsense here").isOneLineWith("--orchestrator-url");
    }

    @Test
    void aTokenIsSentAndNeverShown() throws IOException {
        try (AnsweringServer service = new AnsweringServer(401, "{}")) {
            service.asked("processors").isOneLineWith("requires a token", "--api-token");
            assertThat(service.asked("route --api-token hush").isOneLineWith("rejects the token").err())
                    .doesNotContain("hush");
            assertThat(service.authorization).isEqualTo("Bearer hush");
            assertThat(CommandOutput.in(Map.of("API_TOKEN", "hu sh"), "route").isOneLineWith("--api-token").err())
                    .doesNotContain("hu sh");
        }
    }

    @Test
    void whatTheServiceRefusesIsSaidInItsOwnWords() throws IOException {
        try (AnsweringServer service = new AnsweringServer(422, "{\"detail\": \"status is\\nnone\"}")) {
            service.asked("processors --status odd").isOneLineWith("answers 422: status is none");
        }
        try (AnsweringServer other = new AnsweringServer(404, "<html>")) {
            other.asked("route").isOneLineWith("answers 404", "is this a frame-buffer service?");
        }
    }

    @Test
    void theWayOfAFrameIsALineForEachThingThatHappened() throws IOException {
        try (AnsweringServer service = new AnsweringServer(200, FRAME)) {
            String said = service.asked("trace yard/17").isFine().out();
            assertThat(service.asked).isEqualTo("GET /frames/yard%2F17");
            assertThat(Files.readString(Path.of("../docs/journey.md"))).as("the example in the docs")
                    .contains(said.strip());
        }
    }

    @Test
    void whatIsOverIsNotFollowed() throws IOException {
        try (AnsweringServer service = new AnsweringServer(200, FRAME)) {
            assertThat(service.asked("trace yard-17 --follow").isFine().out())
                    .startsWith("yard-17 of camera yard is done");
        }
    }

    @Test
    void theWayOfAFrameAsJsonIsUnchanged() throws IOException {
        try (AnsweringServer service = new AnsweringServer(200, FRAME)) {
            assertThat(service.asked("trace yard-17 --json").isFine().out().strip()).isEqualTo(FRAME);
        }
    }

    @Test
    void ofAFrameThatIsNotKnownThatIsSaidAndTheExitCodeIs1() throws IOException {
        try (AnsweringServer service = new AnsweringServer(404, "{\"detail\": \"Frame not found\"}")) {
            CommandOutput said = service.asked("trace nobody");
            assertThat(said.code()).isOne();
            assertThat(said.err()).isEqualToIgnoringNewLines("Frame not found");
        }
    }

    @Test
    void twoFramesOfOneNameAreShownOneAfterTheOtherAndNoNameMovesTheCursor() throws IOException {
        try (AnsweringServer service = new AnsweringServer(200,
                "[" + FRAME + ", " + FRAME.replace("\"yard\"", "\"\\u001b[2J\"") + "]")) {
            assertThat(service.asked("trace yard-17").isFine().out()).contains("of camera yard is",
                    "of camera ?[2J is");
        }
    }

    @Test
    void partitionsAreShownWithThoseWhoServeThemAndTheExitCodeSaysWhetherAllAre() throws IOException {
        String served = "{\"partition\": 0, \"key_prefix\": \"{p0}\", \"instances\": [\"here-8002\"], \"window_frames\": 12,"
                + " \"trouble\": null}";
        try (AnsweringServer service = new AnsweringServer(200, "[" + served + "]")) {
            assertThat(service.asked("partitions").isFine().out()).containsSubsequence("PARTITION", "SERVED BY", "0",
                    "here-8002", "12", "{p0}");
        }
        try (AnsweringServer service = new AnsweringServer(200,
                "[" + served + "," + served.replace("null", "\"no Redis\"") + "]")) {
            CommandOutput said = service.asked("partitions");
            assertThat(said.code()).isOne();
            assertThat(said.out()).contains("no Redis");
        }
    }

    @Test
    void topAsksForAllThatIsAtAGlanceAndWhereThereIsNoTerminalPrintsOnce() throws IOException {
        try (AnsweringServer service = new AnsweringServer(200, "{}")) {
            assertThat(service.asked("top").isFine().out()).contains("frame-buffer at http://127.0.0.1", "0 captured",
                    "PROCESSOR", "CAMERA");
            assertThat(JSON.readTree(service.asked("top --json").isFine().out()).properties())
                    .extracting(Map.Entry::getKey).containsExactly("health", "alerts", "control", "stats", "backlogs",
                            "ledger", "cameras", "processors", "rates", "verdicts");
        }
    }
}
