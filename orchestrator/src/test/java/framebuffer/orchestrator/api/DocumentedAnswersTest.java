package framebuffer.orchestrator.api;

import static org.assertj.core.api.Assertions.assertThat;

import framebuffer.orchestrator.api.access.ApiTokens;
import framebuffer.orchestrator.api.contract.Contract;
import framebuffer.orchestrator.api.contract.Contract.Operation;
import framebuffer.orchestrator.processors.registry.RegistrationPolicy.RegistrationLimits;
import framebuffer.redis.embedded.EmbeddedRedis;
import framebuffer.redis.monitoring.SilenceStore;
import framebuffer.wire.frame.DeadLetter.DeadLetterReason;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every documented response occurs, and matches its documentation, which the client checks. */
class DocumentedAnswersTest {
    private static final Contract CONTRACT = new Contract();
    private static final String FACE = "{\"id\": \"face-1\", \"capabilities\": [\"face\"], \"capacity\": 1}";
    private static final String FRAME = "{\"frame\": {\"frame_id\": \"f\", \"camera_id\": \"c\"}}";
    private static final Map<String, String> BODIES = Map.of("registerProcessor", FACE, "updateProcessor", FACE,
            "heartbeat", "{\"processor_id\": \"face-1\"}", "heartbeatById", "{}", "routeFrame", FRAME,
            "requeueDeadLetters", "{\"all\": true}", "setCameraPolicy",
            "{\"keep\": \"latest\"}", "silenceAlert", "{\"duration\": 60}");

    /** They answer without Redis: their 503 comes only when the large bodies of others take all memory for bodies. */
    private static final List<String> WITHOUT_REDIS = List.of("GET /health/live", "GET /alerts", "GET /alerts/groups",
            "GET /partitions", "GET /runbooks/{name}", "GET /metrics", "GET /openapi.yaml", "GET /openapi.json",
            "GET /", "GET /page/{file}", "GET /docs");

    @Test
    void everyAnswerThatIsDocumentedAndCanBeProvokedIsGiven(@TempDir Path folder, @TempDir Path elsewhere) {
        Set<String> given = new TreeSet<>();
        EmbeddedRedis gone = EmbeddedRedis.start(elsewhere);
        try (EmbeddedRedis server = EmbeddedRedis.start(folder);
                Service service = new Service(server.address(), new RegistrationLimits(2, Duration.ofSeconds(5)),
                        ApiTokens.NONE);
                Service closed = new Service(server.address(), RegistrationLimits.DEFAULT, ApiTokens.of("s3cret"));
                Service cut = new Service(gone.address())) {
            gone.close();
            CONTRACT.operations().forEach(operation -> provokeWhatAllHaveInCommon(operation, service));
            CONTRACT.operations().forEach(operation -> call(closed, operation));
            CONTRACT.operations().forEach(operation -> call(cut, operation));
            provokeTheRest(service);
            given.addAll(service.answers());
            given.addAll(closed.answers());
            given.addAll(cut.answers());
        }
        WITHOUT_REDIS.forEach(operation -> given.add(operation + " 503"));
        // OverviewApiTest and ResultsApiTest provoke the limit of listeners.
        given.add("GET /overview/events 503");
        assertThat(given).containsExactlyInAnyOrderElementsOf(CONTRACT.answers().stream()
                .filter(answer -> !answer.endsWith(" 500") || answer.equals("GET /metrics 500")).toList());
    }

    private static void call(Service service, Operation operation) {
        service.call(operation.method(), path(operation),
                BODIES.getOrDefault(operation.said().path("operationId").asText(), ""));
    }

    private static String path(Operation operation) {
        return operation.path().replace("{letter_id}", "1-1").replace("{rule}", "CircuitOpen").replaceAll("\\{\\w+}",
                "face-1");
    }

    /** No processor is registered, so requests that name one get 404. */
    private static void provokeWhatAllHaveInCommon(Operation operation, Service service) {
        assertThat(service.raw(operation.method() + " " + path(operation)
                + " HTTP/1.1\r\nHost: localhost\r\nContent-Length: -5\r\n\r\n")).startsWith("HTTP/1.1 400");
        String line = operation.method() + " " + path(operation) + " HTTP/1.1\r\nConnection: close\r\n";
        if (!operation.path().startsWith("/health")) {
            assertThat(service.raw(line + "Host: evil.example\r\n\r\n")).startsWith("HTTP/1.1 421");
        }
        if (!operation.method().equals("GET")) {
            assertThat(service.raw(line + "Host: localhost\r\nOrigin: https://evil.example\r\n\r\n"))
                    .startsWith("HTTP/1.1 403");
        }
        if (!operation.name().equals("POST /processors/register")) {
            call(service, operation);
        }
        if (operation.said().has("requestBody")) {
            service.call(operation.method(), path(operation), "[]");
        }
        service.call(operation.method(), path(operation), "x".repeat((1 << 20) + 1));
    }

    private static void provokeTheRest(Service service) {
        service.get("/processors?status=tired");
        service.get("/processors/search?status=tired");
        service.post("/processors/register", FACE);
        service.post("/processors/register", FACE);
        service.post("/processors/register", FACE.replace("face-1", "face-2"));
        service.call("PUT", "/processors/face-1", FACE.replace("}", ", \"queue\": \"frames:ready:face-2\"}"));
        service.call("PUT", "/processors/face-1", FACE);
        service.post("/processors/heartbeat", "{\"processor_id\": \"face-1\"}");
        service.post("/processors/face-1/heartbeat", "");
        service.get("/processors/face-1");
        service.get("/processors/face-1/health");
        service.post("/frames/route", FRAME);
        service.post("/processors/face-1/drain", "");
        service.call("DELETE", "/processors/face-1", "");
        service.shed("face-1");
        service.get("/frames/face-1");
        service.call("PUT", "/cameras/a/policy", "{}");
        service.call("PUT", "/cameras/b/policy", "{}");
        service.call("PUT", "/cameras/c/policy", "{}");
        service.call("DELETE", "/cameras/a/policy", "");
        service.call("DELETE", "/cameras/a/policy", "");
        service.call("DELETE", "/cameras/b", "");
        service.get("/cameras?limit=0");
        service.get("/frames/ledger?limit=1001");
        service.get("/frames?limit=0");
        service.call("DELETE", "/alerts/CircuitOpen/silence", "");
        service.call("DELETE", "/alerts/CircuitOpen/silence", "");
        service.post("/alerts/Unknown/silence", "{\"duration\": 60}");
        for (int i = 0; i <= SilenceStore.MOST; i++) {
            service.post("/alerts/CircuitOpen/silence", "{\"duration\": 60, \"subject\": \"face-" + i + "\"}");
        }
        service.get("/history?step=61");
        provokeResults(service);
        String letter = service.letter(DeadLetterReason.INVALID);
        service.get("/frames/dead-letters?limit=0");
        service.get("/frames/dead-letters/" + letter);
        service.call("DELETE", "/frames/dead-letters/" + letter, "");
        service.get("/metrics", "Accept", "broken");
        service.get("/page/main.js");
        service.get("/runbooks/circuit-open.md");
        service.picture("a", "motion", new byte[]{(byte) 0xFF, (byte) 0xD8});
        service.get("/cameras/a/picture?capability=motion");
        service.vital = () -> Optional.of("no Redis");
        service.get("/health");
        service.get("/health/ready");
    }

    private static void provokeResults(Service service) {
        service.get("/results?limit=0");
        service.get("/results/events?min_score=high");
        service.add("frames:capture", "frame_id", "pictured", "camera_id", "c", "data",
                new byte[]{(byte) 0xFF, (byte) 0xD8, (byte) 0xFF});
        service.get("/frames/pictured/picture");
        service.get("/frames/pictured/picture?search=maybe");
    }
}
