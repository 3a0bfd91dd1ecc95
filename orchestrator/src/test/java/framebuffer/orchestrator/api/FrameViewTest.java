package framebuffer.orchestrator.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import framebuffer.orchestrator.api.access.ApiTokens;
import framebuffer.orchestrator.processors.registry.RegistrationPolicy.RegistrationLimits;
import framebuffer.redis.RedisConnection;
import framebuffer.redis.embedded.EmbeddedRedis;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The view of one frame: what was found in it, and its picture. */
class FrameViewTest {
    private static final byte[] JPEG = {(byte) 0xFF, (byte) 0xD8, (byte) 0xFF, 'J'};

    @TempDir
    Path folder;
    private EmbeddedRedis server;
    private Service service;

    @BeforeEach
    void start() {
        server = EmbeddedRedis.start(folder);
        service = new Service(server.address());
    }

    @AfterEach
    void stop() {
        service.close();
        server.close();
    }

    private void assertShown(Service asked, String frameId) {
        assertThat(asked.get("/frames/" + frameId + "/picture").text().length()).isEqualTo(JPEG.length);
        assertThat(asked.get("/frames/" + frameId + "/picture").header("Content-Type")).isEqualTo("image/jpeg");
    }

    @Test
    void aFrameShowsItsResultsWithBoxesAndLabels() {
        service.result("f-1", "yard",
                "{\"objects\": [{\"label\": \"person\", \"score\": 0.9, \"box\": [1, 2, 3, 4]}]}");
        service.result("f-2", "yard", "[]");
        JsonNode frame = service.get("/frames/f-1").json();
        assertThat(frame.path("state").asText()).isEqualTo("done");
        assertThat(frame.path("results")).hasSize(1);
        assertThat(frame.at("/results/0/capability").asText()).isEqualTo("people");
        assertThat(frame.at("/results/0/objects"))
                .hasToString("[{\"label\":\"person\",\"score\":0.9,\"box\":[1,2,3,4]}]");
    }

    @Test
    void aMalformedResultIsNoResultOfItsFrame() {
        service.result("f-1", "yard", "{");
        assertThat(service.get("/frames/f-1").json().path("results")).isEmpty();
    }

    @Test
    void pixelsUnderTheKeyOfTheFrameAreShownUntilTheyExpire() {
        try (RedisConnection redis = RedisConnection.open(server.address())) {
            redis.call("SET", "frame:f-1", JPEG);
            assertShown(service, "f-1");
            redis.call("DEL", "frame:f-1");
        }
        JsonNode gone = service.get("/frames/f-1/picture").json();
        assertThat(gone.path("status").asInt()).isEqualTo(404);
        assertThat(gone.path("detail").asText()).contains("f-1", "expired");
    }

    @ParameterizedTest
    @ValueSource(strings = {"data", "image_data"})
    void inlinePixelsAreShownWhileTheEntryExists(String field) {
        service.add("frames:capture", "frame_id", "f-1", "camera_id", "yard", field, JPEG);
        assertShown(service, "f-1");
    }

    @Test
    void pixelsUnderAKeyThatTheFrameNamesAreShown() {
        service.add("frames:dead-letter", "frame_id", "f-1", "camera_id", "yard", "frame_buffer_key", "elsewhere");
        try (RedisConnection redis = RedisConnection.open(server.address())) {
            redis.call("SET", "elsewhere", JPEG);
            assertShown(service, "f-1");
            redis.call("SET", "elsewhere", "a secret, not a picture");
            assertThat(service.get("/frames/f-1/picture").status()).isEqualTo(404);
            redis.call("DEL", "elsewhere");
            redis.call("SADD", "elsewhere", "no text");
            assertThat(service.get("/frames/f-1/picture").status()).isEqualTo(404);
        }
    }

    @Test
    void whoAsksForManyPicturesHasNoStreamSearched() {
        service.add("frames:capture", "frame_id", "f-1", "camera_id", "yard", "data", JPEG);
        try (RedisConnection redis = RedisConnection.open(server.address())) {
            redis.call("SET", "frame:f-2", JPEG);
        }
        assertThat(service.get("/frames/f-1/picture?search=false").status()).isEqualTo(404);
        assertThat(service.get("/frames/f-2/picture?search=false").status()).isEqualTo(200);
        assertThat(service.get("/frames/f-1/picture?search=maybe").json().at("/errors/0/field").asText())
                .isEqualTo("search");
    }

    @Test
    void pixelsInAnotherRedisAreShown(@TempDir Path elsewhere) {
        try (EmbeddedRedis pixels = EmbeddedRedis.start(elsewhere);
                RedisConnection redis = RedisConnection.open(pixels.address());
                Service both = new Service(server.address(), pixels.address(), RegistrationLimits.DEFAULT,
                        ApiTokens.NONE)) {
            redis.call("SET", "frame:f-1", JPEG);
            assertShown(both, "f-1");
            assertThat(service.get("/frames/f-1/picture").status()).isEqualTo(404);
        }
    }
}
