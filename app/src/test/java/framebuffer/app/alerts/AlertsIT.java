package framebuffer.app.alerts;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import framebuffer.client.Answer;
import framebuffer.redis.Replies;
import framebuffer.redis.tables.CameraReportStore;
import framebuffer.testkit.Await;
import framebuffer.testkit.Commands;
import framebuffer.wire.Keys;
import framebuffer.wire.control.CameraReport;
import framebuffer.wire.control.CameraReport.Phase;
import framebuffer.wire.control.CameraReport.VideoRates;
import framebuffer.wire.control.CameraReport.VideoSize;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Each alert fires when its condition begins, and ends with its condition. */
class AlertsIT {
    private static final Answer DONE = Answer.processed("{}");

    @TempDir
    Path folder;
    @SuppressWarnings("NullAway.Init")
    private Alarmed service;

    @BeforeEach
    void start() {
        service = new Alarmed(folder.resolve("redis"));
    }

    @AfterEach
    void stop() {
        service.close();
    }

    @Test
    @Tag("long")
    void noFramesFromCamera() {
        service.capture(1, "clip", "face");
        CameraReportStore.put(service.redis(), Keys.DEFAULT, Map.of("clip", new CameraReport(Phase.ENDED,
                "the recording has ended", Instant.EPOCH, null, "", new VideoSize(0, 0), new VideoRates(0, 0),
                Instant.EPOCH)));
        service.capture(1, "yard", "face");
        Await.until("the service lists the cameras", () -> Commands.get(service.url() + "/cameras").size() == 2);
        service.fires("NoFramesFromCamera", "yard");
        assertThat(service.isFiring("NoFramesFromCamera", "clip")).as("its recording has ended").isFalse();
        service.capture(1, "yard", "face");
        service.clears("NoFramesFromCamera", "yard");
    }

    @Test
    void backlogGrowing() throws InterruptedException {
        service.capture(Alarmed.WINDOW + 1_500, "yard", "face");
        service.fires("BacklogGrowing", "");
        service.processor("face-1", 500, "face", _ -> DONE);
        service.clears("BacklogGrowing", "");
    }

    @Test
    void oldestFrameTooOld() throws InterruptedException {
        service.capture(1, "yard", "face");
        service.fires("OldestFrameTooOld", "");
        service.processor("face-1", 5, "face", _ -> DONE);
        service.clears("OldestFrameTooOld", "");
    }

    @Test
    void backpressureCriticalAndProcessorDeaf() throws InterruptedException {
        CountDownLatch go = new CountDownLatch(1);
        service.processor("face-1", 2, "face", _ -> {
            go.await();
            return DONE;
        });
        service.capture(10, "yard", "face");
        service.fires("BackpressureCritical", "");
        service.fires("ProcessorDeaf", "face-1");
        go.countDown();
        service.clears("BackpressureCritical", "");
        service.clears("ProcessorDeaf", "face-1");
    }

    @Test
    void noProcessorForCapability() throws InterruptedException {
        service.processor("face-1", 2, "face", _ -> DONE);
        service.capture(1, "yard", "plates");
        service.fires("NoProcessorForCapability", "plates");
        assertThat(service.isFiring("NoProcessorForCapability", "face")).isFalse();
        service.processor("plates-1", 2, "plates", _ -> DONE);
        service.clears("NoProcessorForCapability", "plates");
    }

    @Test
    void processorUnhealthy() {
        Commands.post(service.url() + "/processors/register",
                "{\"id\": \"face-1\", \"capabilities\": [\"face\"], \"capacity\": 1, \"heartbeat_interval\": 1}");
        service.fires("ProcessorUnhealthy", "face-1");
        Await.until("it is over while it is heard of", () -> {
            Commands.post(service.url() + "/processors/face-1/heartbeat", "{}");
            return !service.isFiring("ProcessorUnhealthy", "face-1");
        });
    }

    @Test
    @Tag("long")
    void latencyHigh() throws InterruptedException {
        CountDownLatch late = new CountDownLatch(1);
        service.processor("face-1", 2, "face", _ -> {
            assertThat(late.await(500, TimeUnit.MILLISECONDS)).isFalse();
            return DONE;
        });
        service.capture(1, "yard", "face");
        service.fires("LatencyHigh", "");
        service.later(Duration.ofSeconds(61));
        service.clears("LatencyHigh", "");
    }

    @Test
    void circuitOpen() throws InterruptedException {
        AtomicBoolean broken = new AtomicBoolean(true);
        service.processor("face-1", 5, "face", _ -> broken.get() ? Answer.error("{}") : DONE);
        service.capture(3, "yard", "face");
        service.fires("CircuitOpen", "face-1");
        broken.set(false);
        service.clears("CircuitOpen", "face-1");
    }

    @Test
    @Tag("long")
    void deadLetterFlood() throws InterruptedException {
        service.processor("face-1", 50, "face", _ -> Answer.reject("too small"));
        service.capture(30, "yard", "face");
        service.fires("DeadLetterFlood", "");
        service.later(Duration.ofMinutes(2));
        service.clears("DeadLetterFlood", "");
    }

    @Tag("long")
    @ParameterizedTest
    @ValueSource(strings = {"XTRIM frames:capture MAXLEN 100", "DEL frames:capture"})
    void framesLost(String command) throws InterruptedException {
        service.capture(Alarmed.WINDOW + 300, "yard", "face");
        Await.until("the window is full", () -> Commands.get(service.url() + "/frames/backlogs")
                .at("/window/frames").asInt() >= Alarmed.WINDOW - 50);
        Await.until("the ledger was looked at",
                () -> Commands.text(service.url() + "/metrics").contains("frame_buffer_ledger_balanced"));
        String[] words = command.split(" ", -1);
        service.redis().call(words[0], Arrays.copyOfRange(words, 1, words.length, Object[].class));
        service.processor("face-1", 500, "face", _ -> DONE);
        service.fires("FramesLost", "");
        service.clears("FramesLost", "");
    }

    @Test
    void redisMayEvictAndIsFull() {
        service.redis().call("CONFIG", "SET", "maxmemory-policy", "allkeys-lru");
        service.fires("RedisMayEvict", "");
        assertThat(service.isFiring("RedisMemoryFull", "")).isFalse();
        service.redis().call("CONFIG", "SET", "maxmemory-policy", "noeviction");
        service.clears("RedisMayEvict", "");
        service.redis().call("CONFIG", "SET", "maxmemory", 1);
        service.fires("RedisMemoryFull", "");
        service.redis().call("CONFIG", "SET", "maxmemory", 0);
        service.clears("RedisMemoryFull", "");
    }

    @Test
    @Tag("long")
    void ledgerOutOfBalance() {
        service.capture(1, "yard", "face");
        Await.until("it is counted",
                () -> Replies.number(service.redis().call("HLEN", "frame-buffer:ledger")) > 0);
        // The sweep corrects missing and extra frames, except in a ledger of very many cameras.
        Object[] books = IntStream.range(0, 10_001).boxed().flatMap(i -> Stream.of("captured:cam-" + i, "0")).toArray();
        service.redis().call("HSET", Stream.concat(Stream.of("frame-buffer:ledger"), Stream.of(books)).toArray());
        service.redis().call("HINCRBY", "frame-buffer:ledger", "captured:yard", 5);
        service.fires("LedgerOutOfBalance", "");
        service.redis().call("HINCRBY", "frame-buffer:ledger", "captured:yard", -5);
        service.clears("LedgerOutOfBalance", "");
    }

    @Test
    void redisDown() {
        service.withoutRedis(() -> {
            service.fires("RedisDown", "");
            assertThat(Commands.get(service.url() + "/health").path("status").asText()).isEqualTo("unhealthy");
        });
        service.clears("RedisDown", "");
    }

    @Test
    @Tag("long")
    void instanceMissing() throws IOException, InterruptedException {
        try (Commands commands = new Commands(folder)) {
            String[] two = {"serve", "--instance-id", "two", "--instance-lease", "1s", "--port", "0", "--redis-url",
                    "redis://127.0.0.1:" + service.address().port()};
            Process killed = commands.start(two).says("ready").process();
            Await.until("it says that it runs",
                    () -> service.redis().call("HGET", "frame-buffer:instances", "two") != null);
            killed.destroyForcibly().waitFor();
            service.fires("InstanceMissing", "two");
            commands.start(two).says("ready");
            service.clears("InstanceMissing", "two");
        }
    }

    @Test
    void whatFiresIsInTheHealthAndTheMetricsToo() {
        service.capture(1, "yard", "plates");
        service.fires("NoProcessorForCapability", "plates");
        JsonNode health = Commands.get(service.url() + "/health");
        assertThat(health.path("status").asText()).isEqualTo("degraded");
        assertThat(health.path("checks").toString()).contains("NoProcessorForCapability plates");
        assertThat(Commands.text(service.url() + "/metrics"))
                .contains("frame_buffer_alerts{alertname=\"NoProcessorForCapability\",severity=\"critical\"} 1.0",
                        "frame_buffer_alerts{alertname=\"RedisDown\",severity=\"critical\"} 0.0");
        JsonNode alert = Commands.get(service.url() + "/alerts").path(0);
        assertThat(Commands.text(service.url() + "/runbooks/" + alert.path("runbook").asText())).startsWith("# ");
    }
}
