package framebuffer.orchestrator.processors.registry;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import framebuffer.orchestrator.api.contract.CheckedClient;
import framebuffer.orchestrator.api.contract.Running;
import framebuffer.orchestrator.processors.registry.RegistrationPolicy.RegistrationLimits;
import framebuffer.redis.Replies;
import framebuffer.testkit.Await;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DrainedServiceTest {
    private static final String FRAME = "{\"frame\": {\"frame_id\": \"f\", \"camera_id\": \"c\"}}";

    @Test
    void aDrainingProcessorGetsNothingNewWorksOffWhatItHasAndIsGone(@TempDir Path folder) {
        try (Running running = new Running(folder, new RegistrationLimits(5, Duration.ofSeconds(5)))) {
            CheckedClient client = running.client();
            client.post("/processors/register", "{\"id\": \"old\", \"capabilities\": [\"x\"], \"capacity\": 9}");
            assertThat(client.post("/frames/route", FRAME).status()).isEqualTo(200);
            Await.until("it has the frame", () -> length(running, "old") == 1);
            assertThat(client.post("/processors/old/drain", "").status()).isEqualTo(202);
            assertThat(client.post("/frames/route", FRAME).status()).isEqualTo(409);
            running.redis().call("XADD", "frames:capture", "*", "frame_id", "g", "camera_id", "c");
            Await.until("the new frame waits", () -> backlogs(client).path("window").path("frames").asInt() == 1);
            assertThat(length(running, "old")).isEqualTo(1);

            running.redis().call("XGROUP", "CREATE", "frames:ready:old", "old-group", "0");
            Object read = running.redis().call("XREADGROUP", "GROUP", "old-group", "me", "STREAMS",
                    "frames:ready:old", ">");
            Object entries = Replies.list(Replies.list(read).getFirst()).get(1);
            running.redis().call("XACK", "frames:ready:old", "old-group",
                    Replies.entries(entries).getFirst().id().toString());
            assertThat(client.post("/processors/old/heartbeat", "{\"processor_id\": \"old\"}").json().path("draining")
                    .asBoolean()).isTrue();
            Await.until("it is gone", () -> client.get("/processors").json().isEmpty());
            assertThat(running.redis().call("EXISTS", "frames:ready:old")).isEqualTo(0L);

            client.post("/processors/register", "{\"id\": \"new\", \"capabilities\": [\"x\"], \"capacity\": 9}");
            Await.until("the frame goes to another", () -> length(running, "new") == 1);
            JsonNode stats = client.get("/frames/stats").json();
            assertThat(stats.path("completed").asInt()).isEqualTo(1);
            assertThat(stats.path("in_flight").asInt()).isEqualTo(1);
            assertThat(client.get("/frames/ledger").json().path("balanced").asBoolean()).isTrue();
        }
    }

    private static long length(Running running, String processor) {
        return Replies.number(running.redis().call("XLEN", "frames:ready:" + processor));
    }

    private static JsonNode backlogs(CheckedClient client) {
        return client.get("/frames/backlogs").json();
    }
}
