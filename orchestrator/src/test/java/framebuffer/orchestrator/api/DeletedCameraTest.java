package framebuffer.orchestrator.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import framebuffer.orchestrator.api.access.ApiTokens;
import framebuffer.orchestrator.processors.registry.RegistrationPolicy.RegistrationLimits;
import framebuffer.redis.RedisConnection;
import framebuffer.redis.Replies;
import framebuffer.redis.embedded.EmbeddedRedis;
import framebuffer.wire.frame.DeadLetter.DeadLetterReason;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Deletes all that is kept of one camera, and nothing else. */
class DeletedCameraTest {
    @TempDir
    Path folder;
    private EmbeddedRedis server;
    private RedisConnection redis;
    private Service service;

    @BeforeEach
    void start() {
        server = EmbeddedRedis.start(folder);
        redis = RedisConnection.open(server.address());
        service = new Service(server.address());
    }

    @AfterEach
    void stop() {
        service.close();
        redis.close();
        server.close();
    }

    private long exists(String key) {
        return Replies.number(redis.call("EXISTS", key));
    }

    private long length(String stream) {
        return Replies.number(redis.call("XLEN", stream));
    }

    private JsonNode delete(String camera) {
        return service.call("DELETE", "/cameras/" + camera, "").json();
    }

    @Test
    void allThatIsKeptOfItLeaves() {
        for (int i = 0; i < 450; i++) {
            service.result("f-" + i, i % 3 == 0 ? "door" : "yard", "[]");
        }
        redis.call("SET", "frame:f-1", "yard's");
        redis.call("SET", "frame:f-3", "door's");
        service.letter(DeadLetterReason.REJECTED);
        service.shed("f-2");
        service.picture("yard", "motion", new byte[]{1});
        service.picture("door", "motion", new byte[]{1});
        redis.call("HSET", "frame-buffer:camera-reports", "yard", "{}", "door", "{}");
        assertThat(delete("yard")).hasToString("{\"camera_id\":\"yard\",\"results\":300,\"dead_letters\":1,"
                + "\"shed_frames\":1,\"pictures\":1,\"pixels\":1,\"reports\":1,\"in_flight\":0}");
        assertThat(length("frames:results")).isEqualTo(150);
        assertThat(service.get("/results?camera=yard").json().path("results")).isEmpty();
        assertThat(service.get("/frames/dead-letters").json()).isEmpty();
        assertThat(exists("frame:f-1")).isZero();
        assertThat(exists("frame:f-3")).isOne();
        assertThat(service.get("/cameras/yard/picture?capability=motion").status()).isEqualTo(404);
        assertThat(service.get("/cameras/door/picture?capability=motion").status()).isEqualTo(200);
        assertThat(delete("yard").path("status").asInt()).isEqualTo(404);
    }

    @Test
    void framesInFlightStayWithTheirPixels() {
        service.add("frames:capture", "frame_id", "f-1", "camera_id", "yard");
        service.add("frames:ready:face-1", "frame_id", "f-2", "camera_id", "yard");
        redis.call("HSET", "frame-buffer:taken", "handed:frames:ready:face-1", 1);
        service.result("f-1", "yard", "[]");
        service.result("f-2", "yard", "[]");
        service.result("f-3", "yard", "[]");
        redis.call("MSET", "frame:f-1", "p", "frame:f-2", "p", "frame:f-3", "p");
        JsonNode deleted = delete("yard");
        assertThat(deleted.path("in_flight").asInt()).isEqualTo(2);
        assertThat(deleted.path("results").asInt()).isEqualTo(3);
        assertThat(deleted.path("pixels").asInt()).isOne();
        assertThat(length("frames:capture")).isOne();
        assertThat(exists("frame:f-1") + exists("frame:f-2")).isEqualTo(2);
    }

    @Test
    void aKeyThatAProducerNamesIsLeftAloneUnlessItIsOfPixels() {
        for (String key : new String[]{"frame:named", "precious"}) {
            service.add("frames:dead-letter", "frame_id", "f", "camera_id", "yard", "frame_buffer_key", key,
                    "dead_reason", "rejected", "dead_detail", "", "dead_at", "2026-01-01T00:00:00Z", "dead_source",
                    "frames:returned 1-0", "attempt", "1");
            redis.call("SET", key, "value");
        }
        assertThat(delete("yard").path("dead_letters").asInt()).isEqualTo(2);
        assertThat(exists("frame:named")).isZero();
        assertThat(exists("precious")).isOne();
    }

    @Test
    void pixelsInAnotherRedisLeaveToo(@TempDir Path elsewhere) {
        try (EmbeddedRedis pixels = EmbeddedRedis.start(elsewhere);
                RedisConnection other = RedisConnection.open(pixels.address());
                Service both = new Service(server.address(), pixels.address(), RegistrationLimits.DEFAULT,
                        ApiTokens.NONE)) {
            service.result("f-1", "yard", "[]");
            other.call("SET", "frame:f-1", "p");
            assertThat(both.call("DELETE", "/cameras/yard", "").json().path("pixels").asInt()).isOne();
            assertThat(Replies.number(other.call("EXISTS", "frame:f-1"))).isZero();
        }
    }

    @Test
    void theLedgerStillBalances() {
        redis.call("HSET", "frame-buffer:ledger", "captured:yard", 5, "done:yard", 5);
        service.result("f-1", "yard", "[]");
        delete("yard");
        JsonNode ledger = service.get("/frames/ledger").json();
        assertThat(ledger.at("/total/captured").asLong()).isEqualTo(ledger.at("/total/done").asLong());
    }
}
