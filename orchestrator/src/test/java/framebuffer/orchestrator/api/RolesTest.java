package framebuffer.orchestrator.api;

import static org.assertj.core.api.Assertions.assertThat;

import framebuffer.orchestrator.api.access.ApiTokens;
import framebuffer.orchestrator.api.contract.CheckedClient.Answer;
import framebuffer.orchestrator.api.http.Resource;
import framebuffer.orchestrator.api.http.Route;
import framebuffer.orchestrator.api.http.Route.Access;
import framebuffer.orchestrator.processors.registry.RegistrationPolicy.RegistrationLimits;
import framebuffer.redis.embedded.EmbeddedRedis;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a token of each role may do. */
class RolesTest {
    private static final String FACE = "{\"id\": \"face-1\", \"capabilities\": [\"face\"], \"capacity\": 1}";

    @TempDir
    static Path folder;
    private static EmbeddedRedis redis;
    private static Service service;

    @BeforeAll
    static void start() throws IOException {
        redis = EmbeddedRedis.start(folder);
        Path tokens = Files.writeString(folder.resolve("tokens"), String.join("\n",
                ApiTokens.line("screen", "read", "r"), ApiTokens.line("face", "processor:face-1", "p"),
                ApiTokens.line("other", "processor:people-1", "o"), ApiTokens.line("ops", "admin", "a")));
        service = new Service(redis.address(), RegistrationLimits.DEFAULT, ApiTokens.of(null, tokens));
    }

    @AfterAll
    static void stop() {
        service.close();
        redis.close();
    }

    private static Answer call(String token, String method, String path, String body) {
        return service.call(method, path, body, "Authorization", "Bearer " + token);
    }

    private static Stream<Route> routes() {
        return service.resources.stream().map(Resource::routes).flatMap(java.util.List::stream);
    }

    @Test
    void aReaderSeesEverythingAndChangesNothing() {
        assertThat(call("r", "GET", "/processors", "").status()).isEqualTo(200);
        routes().filter(route -> !route.method().equals("GET") && route.access() != Access.READ).forEach(route -> {
            Answer answer = call("r", route.method(), route.path().replaceAll("\\{\\w+}", "1-1"), "{}");
            ProcessorsApiTest.problem(answer, 403, "forbidden");
        });
    }

    @Test
    void aProcessorChangesOnlyItself() {
        assertThat(call("p", "POST", "/processors/register", FACE).status()).isEqualTo(201);
        assertThat(call("p", "POST", "/processors/heartbeat", "{\"processor_id\": \"face-1\"}").status())
                .isEqualTo(200);
        for (Answer refused : new Answer[]{call("o", "POST", "/processors/register", FACE),
                call("o", "POST", "/processors/heartbeat", "{\"processor_id\": \"face-1\"}"),
                call("o", "POST", "/processors/face-1/heartbeat", "{}"),
                call("o", "PUT", "/processors/face-1", FACE), call("o", "POST", "/processors/face-1/drain", ""),
                call("o", "DELETE", "/processors/face-1", ""), call("p", "POST", "/control/pause", ""),
                call("p", "DELETE", "/cameras/yard", "")}) {
            ProcessorsApiTest.problem(refused, 403, "forbidden");
        }
        assertThat(call("p", "GET", "/processors/face-1", "").status()).isEqualTo(200);
        assertThat(call("p", "PUT", "/processors/face-1", FACE).status()).isEqualTo(200);
        assertThat(call("p", "POST", "/processors/face-1/drain", "").status()).isEqualTo(202);
        assertThat(call("p", "DELETE", "/processors/face-1", "").status()).isEqualTo(204);
    }

    @Test
    void aReaderMayAskWhereAFrameWouldGoAndNotSendIt() {
        String frame = "{\"frame\": {\"frame_id\": \"f\", \"camera_id\": \"c\"}";
        for (String token : new String[]{"r", "p"}) {
            ProcessorsApiTest.problem(call(token, "POST", "/frames/route", frame + "}"), 403, "forbidden");
            assertThat(call(token, "POST", "/frames/route", frame + ", \"dry_run\": true}").status()).isEqualTo(409);
        }
    }

    @Test
    void anAdministratorChangesEverything() {
        assertThat(call("a", "POST", "/control/pause", "").status()).isEqualTo(200);
        assertThat(call("a", "POST", "/control/resume", "").status()).isEqualTo(200);
        assertThat(call("a", "DELETE", "/processors/nobody", "").status()).isEqualTo(404);
    }

    @Test
    void everyChangeNeedsMoreThanReading() {
        assertThat(routes().filter(route -> !route.method().equals("GET") && route.access() == Access.READ)
                .map(Route::path)).containsExactly("/frames/route");
        assertThat(routes().filter(route -> route.open() && !route.method().equals("GET"))).isEmpty();
    }
}
