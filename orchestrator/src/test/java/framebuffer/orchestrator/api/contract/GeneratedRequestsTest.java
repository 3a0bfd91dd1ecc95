package framebuffer.orchestrator.api.contract;

import static org.assertj.core.api.Assertions.assertThat;

import framebuffer.orchestrator.api.contract.AnyRequest.Request;
import framebuffer.orchestrator.processors.registry.RegistrationPolicy.RegistrationLimits;
import framebuffer.testkit.Await;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.api.io.TempDir;

/** No generated request gets a 5xx or an undocumented response. */
class GeneratedRequestsTest {
    private static final int REQUESTS = 5_000;

    /** {@code -Dgenerated.seed=…} repeats a run. */
    private static final long SEED = Long.getLong("generated.seed", System.nanoTime());

    @Test
    void noRequestGetsA5xxOrAnUndocumentedAnswer(@TempDir Path folder, TestReporter reporter) {
        reporter.publishEntry("generated.seed", String.valueOf(SEED));
        Contract contract = new Contract();
        AnyRequest requests = new AnyRequest(contract, SEED);
        try (Running running = new Running(folder, new RegistrationLimits(15, Duration.ofMillis(1)))) {
            CheckedClient client = running.client();
            for (int i = 0; i < REQUESTS; i++) {
                send(client, requests.next(), i);
            }
            lookAtADeadLetter(running);
            lookAtAPicture(running);
            assertThat(client.answers()).as("seed %d: documented responses occur", SEED)
                    .containsAll(successes(contract));
            assertThat(client.get("/frames/ledger").json().path("balanced").asBoolean()).isTrue();
        }
    }

    /** Their ids cannot be guessed. */
    private static void lookAtADeadLetter(Running running) {
        running.redis().call("XADD", "frames:capture", "*", "camera_id", "c");
        Await.until("it is dead",
                () -> !running.client().get("/frames/dead-letters?reason=invalid").json().isEmpty());
        String id = running.client().get("/frames/dead-letters?reason=invalid&limit=1").json().path(0).path("id")
                .asText();
        running.client().get("/frames/dead-letters/" + id);
        running.client().call("DELETE", "/frames/dead-letters/" + id, BodyPublishers.noBody());
    }

    /** Their names cannot be guessed. */
    private static void lookAtAPicture(Running running) {
        running.redis().call("SET", "frame-buffer:picture:motion\nyard", "\u00ff\u00d8");
        running.client().get("/cameras/yard/picture?capability=motion");
        running.redis().call("SET", "frame:yard-1", new byte[]{(byte) 0xFF, (byte) 0xD8, (byte) 0xFF, 0});
        running.client().get("/frames/yard-1/picture");
    }

    private static void send(CheckedClient client, Request request, int number) {
        try {
            assertThat(client.call(request.method(), request.path(), BodyPublishers.ofByteArray(request.bytes()),
                    request.headers().toArray(String[]::new)).status()).isLessThan(500);
        } catch (AssertionError | IllegalArgumentException e) {
            throw new AssertionError("seed " + SEED + ", request " + number + ": " + request, e);
        }
    }

    private static Set<String> successes(Contract contract) {
        return contract.answers().stream().filter(answer -> answer.contains(" 2"))
                .collect(Collectors.toCollection(TreeSet::new));
    }
}
