package framebuffer.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What {@code processors} and {@code route} say to the answers that the contract names. */
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
            Said said = service.asked("route --detect face_detection,gesture --camera front --priority 3").isFine();
            assertThat(said.out()).containsSubsequence("face-1 would get it, by least_loaded", "PROCESSOR",
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
                    "a: face-1 would get it, by round_robin", "PROCESSOR", "b: b-1 would get it, by round_robin",
                    "PROCESSOR");
        }
    }

    @Test
    void routeSendsAFrameOnlyWhenItIsToldTo() throws IOException {
        String sent = ROUTE.replaceFirst("\\{", "{\"capture_id\": \"17-0\",");
        try (AnsweringServer service = new AnsweringServer(200, sent)) {
            assertThat(service.asked("route --send").isFine().out()).contains("sent, as 17-0");
            assertThat(JSON.readTree(service.body).path("dry_run").asBoolean(true)).isFalse();
        }
    }

    @Test
    void whereNobodyCanTakeTheFrameTheReasonIsSaidAndTheExitCodeIs1() throws IOException {
        String problem = "{\"detail\": \"nobody offers face_detection\", \"candidates\": [{\"processor_id\": \"car-1\"}]}";
        try (AnsweringServer service = new AnsweringServer(409, problem)) {
            Said said = service.asked("route");
            assertThat(said.code()).isOne();
            assertThat(said.out()).contains("car-1 ");
            assertThat(said.err()).isEqualToIgnoringNewLines("nobody offers face_detection");
            assertThat(service.asked("route --json").code()).isOne();
        }
    }

    @Test
    void aPriorityThatIsNoneIsSaidInOneLine() {
        Said.by("route", "--priority", "11").isOneLineWith("priority must be a whole number from 0 to 10, not 11");
    }

    @ParameterizedTest
    @ValueSource(strings = {"processors", "route"})
    void aServiceThatIsNotThereIsSaidInOneLine(String command) {
        Said.by(command, "--orchestrator-url", "http://127.0.0.1:1").isOneLineWith("http://127.0.0.1:1",
                "frame-buffer serve", "--orchestrator-url");
        Said.by(command, "--orchestrator-url", "localhost:8002").isOneLineWith("--orchestrator-url");
        Said.by(command, "--orchestrator-url", "nonsense here").isOneLineWith("--orchestrator-url");
    }

    @Test
    void aTokenIsSentAndNeverShown() throws IOException {
        try (AnsweringServer service = new AnsweringServer(401, "{}")) {
            service.asked("processors").isOneLineWith("asks for a token", "--api-token");
            assertThat(service.asked("route --api-token hush").isOneLineWith("refuses the token").err())
                    .doesNotContain("hush");
            assertThat(service.authorization).isEqualTo("Bearer hush");
            assertThat(Said.in(Map.of("API_TOKEN", "hu sh"), "route").isOneLineWith("--api-token").err())
                    .doesNotContain("hu sh");
        }
    }

    @Test
    void whatTheServiceRefusesIsSaidInItsOwnWords() throws IOException {
        try (AnsweringServer service = new AnsweringServer(422, "{\"detail\": \"status is\\nnone\"}")) {
            service.asked("processors --status odd").isOneLineWith("answers 422: status is none");
        }
        try (AnsweringServer other = new AnsweringServer(404, "<html>")) {
            other.asked("route").isOneLineWith("answers 404", "is it a frame-buffer?");
        }
    }
}
