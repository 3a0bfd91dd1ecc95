package framebuffer.app;

import static org.assertj.core.api.Assertions.assertThat;

import framebuffer.client.Answer;
import framebuffer.client.FrameHandler;
import framebuffer.client.Processor;
import framebuffer.orchestrator.Orchestrator;
import framebuffer.orchestrator.api.access.ApiTokens;
import framebuffer.orchestrator.api.server.ApiServer;
import framebuffer.orchestrator.observability.results.ResultMaintenance.ResultRetention;
import framebuffer.orchestrator.observability.stats.Ledger.LedgerCounts;
import framebuffer.orchestrator.pipeline.JournalWriter.JournalRetention;
import framebuffer.orchestrator.pipeline.Pipeline;
import framebuffer.orchestrator.pipeline.Pump.PipelineLimits;
import framebuffer.orchestrator.pipeline.routing.RoutingStrategy;
import framebuffer.orchestrator.processors.registry.RegistrationPolicy;
import framebuffer.redis.RedisAddress;
import framebuffer.redis.RedisConnection;
import framebuffer.redis.Replies;
import framebuffer.redis.cluster.PartitionLayout;
import framebuffer.redis.embedded.EmbeddedRedis;
import framebuffer.testkit.Await;
import framebuffer.vision.camera.RedisSink;
import framebuffer.vision.camera.RedisSink.PixelRetention;
import framebuffer.wire.Keys;
import framebuffer.wire.Partitioning;
import framebuffer.wire.text.Fields;
import io.opentelemetry.api.OpenTelemetry;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** From camera to processor: pixels live as long as their frame needs them, and a frame without pixels is rejected. */
class PixelsIT {
    private static final byte[] PIXELS = {1, 2, 3};

    @TempDir
    private Path folder;
    private EmbeddedRedis frames;
    private EmbeddedRedis other;
    private RedisConnection redis;
    private RedisConnection pixels;

    @BeforeEach
    void start() {
        frames = EmbeddedRedis.start(folder.resolve("frames"));
        other = EmbeddedRedis.start(folder.resolve("pixels"));
        redis = RedisConnection.open(frames.address());
        pixels = RedisConnection.open(other.address());
    }

    @AfterEach
    void stop() {
        redis.close();
        pixels.close();
        frames.close();
        other.close();
    }

    private Orchestrator orchestrator(@Nullable RedisAddress pixelsRedis) {
        Pipeline.Settings settings = new Pipeline.Settings(frames.address(), pixelsRedis, Keys.DEFAULT,
                "frame-buffer-v2", "one", RoutingStrategy.LEAST_LOADED, PipelineLimits.DEFAULT,
                Pipeline.FlowControl.DEFAULT, Pipeline.DeadLettering.DEFAULT, JournalRetention.DEFAULT,
                ResultRetention.DEFAULT);
        return Orchestrator.start(new Orchestrator.Settings(settings,
                RegistrationPolicy.RegistrationLimits.DEFAULT, Orchestrator.ProcessorMonitoring.DEFAULT,
                new ApiServer.Settings("127.0.0.1", 0, ApiTokens.NONE), 500, "test"), OpenTelemetry.noop(),
                InstantSource.system());
    }

    private Processor processor(Orchestrator service, String capability, @Nullable RedisAddress pixelsRedis,
            FrameHandler handler) throws InterruptedException {
        return Processor.builder(capability + "-1").capabilities(capability).orchestrator(service.url())
                .redis(frames.address()).pixelsRedis(pixelsRedis).handler(handler).start();
    }

    private RedisSink camera(@Nullable RedisAddress pixelsRedis) {
        return new RedisSink(PartitionLayout.of(frames.address(), Partitioning.whole("")), "cam",
                PixelRetention.DEFAULT, pixelsRedis);
    }

    private static Fields frame(String frameId, String needs) {
        return Fields.ofText("frame_id", frameId, "camera_id", "cam", "metadata",
                "{\"detection_types\": [" + needs + "]}");
    }

    private static long left(RedisConnection there, String frameId) {
        return Replies.number(there.call("PTTL", "frame:" + frameId));
    }

    private static Answer size(byte[] pixels) {
        return Answer.processed(String.valueOf(pixels.length));
    }

    private static void ends(Orchestrator service, long done, long dead) {
        Await.until("all frames have ended", () -> {
            LedgerCounts total = service.ledger().total();
            return total.done() == done && total.dead() == dead && total.inFlight() == 0;
        });
        assertThat(service.ledger().balanced()).isTrue();
    }

    @Test
    void theyStayUntilTheLastPartOfTheFrameHasEndedAndNotMuchLonger() throws Exception {
        CountDownLatch looking = new CountDownLatch(1);
        try (Orchestrator service = orchestrator(null);
                Processor face = processor(service, "face", null, frame -> size(frame.pixels()));
                Processor _ = processor(service, "car", null, frame -> {
                    Await.signal(looking);
                    return size(frame.pixels());
                });
                RedisSink camera = camera(null)) {
            camera.publish("f1", frame("f1", "\"face\", \"car\""), PIXELS);
            camera.publish("f2", frame("f2", "\"face\""), PIXELS);
            Await.until("the other frame's pixels end", () -> left(redis, "f2") <= 5_000);
            assertThat(face.statistics().processed()).isEqualTo(2);
            assertThat(left(redis, "f1")).isGreaterThan(30_000);
            looking.countDown();
            Await.until("they end", () -> left(redis, "f1") <= 5_000);
            ends(service, 2, 0);
        }
    }

    @Test
    void aFrameWhosePixelsAreGoneIsRejectedAndCounted() throws Exception {
        try (Orchestrator service = orchestrator(null); RedisSink camera = camera(null)) {
            for (int i = 0; i < 4; i++) {
                camera.publish("f" + i, frame("f" + i, "\"face\""), PIXELS);
            }
            redis.call("DEL", "frame:f1", "frame:f2");
            try (Processor _ = processor(service, "face", null, frame -> size(frame.pixels()))) {
                ends(service, 2, 2);
            }
            assertThat(Replies.entries(redis.call("XRANGE", "frames:dead-letter", "-", "+"))).allSatisfy(letter -> {
                Fields fields = Objects.requireNonNull(letter.fields());
                assertThat(fields.text("dead_reason")).isEqualTo("rejected");
                assertThat(fields.text("dead_detail")).contains("the pixels of frame", "are gone");
            });
        }
    }

    @Test
    void whenTheRedisOfThePixelsLosesAllItsFramesAreRejectedAndTheNextAreDone() throws Exception {
        try (Orchestrator service = orchestrator(other.address()); RedisSink camera = camera(other.address())) {
            camera.publish("before", frame("before", "\"face\""), PIXELS);
            assertThat(redis.call("EXISTS", "frame:before")).isEqualTo(0L);
            pixels.call("FLUSHALL");
            try (Processor _ = processor(service, "face", other.address(), frame -> size(frame.pixels()))) {
                ends(service, 0, 1);
                camera.publish("after", frame("after", "\"face\""), PIXELS);
                ends(service, 1, 1);
                Await.until("its pixels end", () -> left(pixels, "after") <= 5_000);
            }
        }
    }

    @Test
    void inARedisOfTheirOwnTheServiceExtendsThemToo() throws Exception {
        long now = Replies.time(redis.call("TIME")).toEpochMilli();
        pixels.call("SET", "frame:old", "x", "PX", 30_000);
        redis.call("XADD", "frames:capture", now - 40_000 + "-0", "frame_id", "old", "camera_id", "cam");
        try (Orchestrator _ = orchestrator(other.address())) {
            Await.until("they are extended", () -> left(pixels, "old") > 60_000);
        }
    }
}
