package framebuffer.orchestrator.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import framebuffer.orchestrator.api.contract.CheckedClient;
import framebuffer.orchestrator.api.contract.Running;
import framebuffer.orchestrator.processors.registry.RegistrationPolicy.RegistrationLimits;
import framebuffer.redis.embedded.EmbeddedRedis;
import framebuffer.testkit.Await;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OverviewApiTest {
    @TempDir
    Path folder;

    private static JsonNode overview(CheckedClient client) {
        return client.get("/overview").json();
    }

    @Test
    void everyPartIsWhatItsOwnCallAnswers() {
        try (Running running = new Running(folder, RegistrationLimits.DEFAULT)) {
            CheckedClient client = running.client();
            client.post("/processors/register", "{\"id\": \"face-1\", \"capabilities\": [\"face\"], \"capacity\": 9, "
                    + "\"heartbeat_interval\": 3600}");
            for (int i = 0; i < 3; i++) {
                running.redis().call("XADD", "frames:capture", "*", "frame_id", "f" + i, "camera_id", "yard",
                        "detection_type", "face");
            }
            Await.until("all are handed off and known",
                    () -> overview(client).at("/flows/ways/0/frames_per_second").asDouble() >= .3
                            && overview(client).path("cameras").size() == 1);
            JsonNode all = overview(client);
            assertThat(all.path("health")).isEqualTo(client.get("/health").json());
            assertThat(all.path("ledger")).isEqualTo(client.get("/frames/ledger").json());
            assertThat(all.path("backlogs")).isEqualTo(client.get("/frames/backlogs").json());
            assertThat(all.path("processors")).isEqualTo(client.get("/processors").json());
            assertThat(all.at("/cameras/0/camera_id").asText()).isEqualTo("yard");
            assertThat(all.at("/flows/over_seconds").asDouble()).isEqualTo(10);
            assertThat(all.at("/flows/ways")).hasToString(
                    "[{\"camera_id\":\"yard\",\"capability\":\"face\",\"processor_id\":\"face-1\",\"frames_per_second\":0.3}]");
            assertThat(all.at("/flows/cameras/0/last_frame_id").asText()).isEqualTo("f2");
            assertThat(all.at("/rates/by_processor").isEmpty()).isTrue();
            assertThat(all.path("latency").isNull()).isTrue();
            assertThat(all.at("/verdicts/cameras/yard/state").asText()).isEqualTo("flows");
            assertThat(all.at("/verdicts/processors/face-1/state").asText()).isEqualTo("healthy");
            assertThat(all.at("/verdicts/capabilities/face/reason").asText()).isEqualTo("1 processor");
        }
    }

    @Test
    void whatIsAcknowledgedShowsInTheRatesAndTimes() {
        try (Running running = new Running(folder, RegistrationLimits.DEFAULT)) {
            CheckedClient client = running.client();
            running.redis().call("HSET", "frame-buffer:completed", "face-1 5", 0);
            Await.until("the beginning was noted",
                    () -> overview(client).at("/rates/by_processor/face-1").isNumber());
            running.redis().call("HSET", "frame-buffer:completed", "face-1 5", 30);
            Await.until("it was noted", () -> overview(client).at("/rates/by_processor/face-1").asDouble() > 0);
            assertThat(overview(client).at("/latency/p50_ms").asDouble()).isEqualTo(15);
        }
    }

    @Test
    void whatDetectorsShowIsListedAndCanBeLookedAt() {
        try (EmbeddedRedis redis = EmbeddedRedis.start(folder); Service service = new Service(redis.address())) {
            service.picture("the yard", "motion", new byte[]{'J'});
            assertThat(service.get("/overview").json().path("pictures").toString()).startsWith(
                    "[{\"frame_id\":\"f-1\",\"processor_id\":\"motion-1\",\"objects\":2,").endsWith(
                            "\"camera_id\":\"the yard\",\"capability\":\"motion\"}]");
            assertThat(service.get("/cameras/the%20yard/picture?capability=motion").text()).isEqualTo("J");
            assertThat(service.get("/cameras/the%20yard/picture?capability=face").status()).isEqualTo(404);
        }
    }

    @Test
    void eventsFollowUntilTheServiceStops() throws IOException {
        try (EmbeddedRedis redis = EmbeddedRedis.start(folder)) {
            Service service = new Service(redis.address());
            try (Listener listener = new Listener(service.port(), "/overview/events")) {
                JsonNode first = listener.next("overview");
                service.clock.advance(Duration.ofSeconds(1));
                assertThat(listener.next("overview").path("at").asText()).isGreaterThan(first.path("at").asText());
                service.close();
                assertThat(listener.ended()).isTrue();
            }
        }
    }

    @Test
    void whileRedisIsAwayTroubleIsToldUntilItIsBack() throws IOException {
        EmbeddedRedis redis = EmbeddedRedis.start(folder);
        try (Service service = new Service(redis.address());
                Listener listener = new Listener(service.port(), "/overview/events")) {
            listener.next("overview");
            redis.close();
            assertThat(listener.next("trouble").path("detail").asText()).startsWith("Redis is unreachable");
        }
    }

    @Test
    void whoComesWhenAsManyListenAsMayIsRefusedUntilOneGoes() throws IOException {
        List<Listener> listeners = new ArrayList<>();
        try (EmbeddedRedis redis = EmbeddedRedis.start(folder); Service service = new Service(redis.address())) {
            for (int i = 0; i < 128; i++) {
                listeners.add(new Listener(service.port(), "/overview/events"));
                listeners.getLast().next("overview");
            }
            assertThat(service.get("/overview/events").status()).isEqualTo(503);
            listeners.removeLast().close();
            Await.until("its place is free", () -> service.get("/overview/events").status() == 200);
        } finally {
            for (Listener listener : listeners) {
                listener.close();
            }
        }
    }
}
