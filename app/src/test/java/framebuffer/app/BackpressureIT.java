package framebuffer.app;

import static org.assertj.core.api.Assertions.assertThat;

import framebuffer.client.Answer;
import framebuffer.client.Processor;
import framebuffer.orchestrator.Orchestrator;
import framebuffer.orchestrator.observability.stats.Ledger;
import framebuffer.redis.RedisConnection;
import framebuffer.redis.RedisLoop;
import framebuffer.redis.cluster.PartitionLayout;
import framebuffer.redis.embedded.EmbeddedRedis;
import framebuffer.testkit.Await;
import framebuffer.vision.camera.Announcement;
import framebuffer.vision.camera.Camera;
import framebuffer.vision.camera.CameraSettings;
import framebuffer.vision.camera.Demand;
import framebuffer.vision.camera.DemoClip;
import framebuffer.vision.camera.Pictures;
import framebuffer.vision.camera.RedisSink;
import framebuffer.vision.camera.RedisSink.PixelRetention;
import framebuffer.vision.source.VideoAddress;
import framebuffer.wire.Keys;
import framebuffer.wire.Partitioning;
import framebuffer.wire.TraceContext;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Only cameras with a full detector send fewer pictures, and no frame is lost. */
class BackpressureIT {
    private static final int FPS = 10;
    private static final int FLOOD = 1_000;
    private static final int ENOUGH = 15;

    private final CountDownLatch mayWork = new CountDownLatch(1);
    private final Demand demand = new Demand(Keys.DEFAULT);

    @Test
    void whileADetectorIsFullItsCamerasHoldBackAndNobodyElses(@TempDir Path folder) throws Exception {
        try (EmbeddedRedis server = EmbeddedRedis.start(folder);
                Orchestrator orchestrator = PipelineIT.orchestrator(server);
                RedisLoop asking = new RedisLoop("demand", server.address(), demand).start();
                Processor faces = processor(server, orchestrator, "faces");
                Processor cars = processor(server, orchestrator, "cars")) {
            long captured = twoCamerasAndOneFullDetector(server);
            Await.until("all are done", () -> orchestrator.ledger().total().inFlight() == 0);
            Ledger ledger = orchestrator.ledger();
            assertThat(ledger.balanced()).isTrue();
            assertThat(ledger.total().done()).isEqualTo(captured);
            assertThat(faces.statistics().processed() + cars.statistics().processed()).isEqualTo(captured);
            assertThat(asking.trouble()).isNull();
        }
    }

    /** Two cameras have flooded the service and ignore backpressure; then three obedient cameras start. */
    @Test
    void camerasThatObeyGetTheirTurnsAtADetectorThatOthersFlood(@TempDir Path folder) throws Exception {
        Map<String, Integer> done = new ConcurrentHashMap<>();
        Semaphore beats = new Semaphore(0);
        try (EmbeddedRedis server = EmbeddedRedis.start(folder);
                RedisConnection redis = RedisConnection.open(server.address());
                Orchestrator orchestrator = PipelineIT.orchestrator(server);
                RedisLoop asking = new RedisLoop("demand", server.address(), demand).start();
                ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor()) {
            ScheduledFuture<?> beating = clock.scheduleAtFixedRate(beats::release, 0, 40, TimeUnit.MILLISECONDS);
            try (Processor _ = Processor.builder("faces-1").capabilities("faces").capacity(4)
                    .orchestrator("http://localhost:" + orchestrator.port()).redis(server.address()).handler(frame -> {
                        beats.acquire();
                        done.merge(frame.frame().cameraId(), 1, Integer::sum);
                        return Answer.processed("{}");
                    }).start()) {
                for (int i = 0; i < 2 * FLOOD; i++) {
                    redis.call("XADD", "frames:capture", "*", "frame_id", "flood-" + i, "camera_id", "flood-" + i % 2,
                            "detection_type", "faces");
                }
                Await.until("it is critical", () -> demand.share(List.of("faces"), 1_000) < 0.5);
                try (Camera one = camera(server, "obeys-1", "faces").start();
                        Camera two = camera(server, "obeys-2", "faces").start();
                        Camera three = camera(server, "obeys-3", "faces").start()) {
                    for (Camera camera : List.of(one, two, three)) {
                        Await.until(camera.cameraId() + " gets its turns",
                                () -> done.getOrDefault(camera.cameraId(), 0) >= ENOUGH);
                    }
                }
                assertThat(orchestrator.ledger().total().inFlight()).as("the flood still waits").isGreaterThan(FLOOD);
            }
            beating.cancel(false);
            assertThat(asking.trouble()).isNull();
        }
    }

    /** Returns the number of frames sent. */
    private long twoCamerasAndOneFullDetector(EmbeddedRedis server) {
        Camera door = camera(server, "door", "faces");
        Camera street = camera(server, "street", "cars");
        try (door; street) {
            door.start();
            Await.until("the camera of faces sends none", () -> demand.share(List.of("faces"), FPS) == 0);
            street.start();
            long sent = door.statistics().captured();
            Await.until("it holds back", () -> door.statistics().heldBack() > 10);
            assertThat(door.statistics().captured()).isLessThanOrEqualTo(sent + 1);
            Await.until("the other sends", () -> street.statistics().captured() > 10);
            assertThat(street.statistics().heldBack()).isZero();
            mayWork.countDown();
            Await.until("it sends again", () -> door.statistics().captured() > sent + 5);
        }
        return door.statistics().captured() + street.statistics().captured();
    }

    /** The detector for faces waits for permission. */
    private Processor processor(EmbeddedRedis server, Orchestrator orchestrator, String capability) throws Exception {
        return Processor.builder(capability + "-1").capabilities(capability)
                .capacity(capability.equals("faces") ? 2 : 50)
                .orchestrator("http://localhost:" + orchestrator.port()).redis(server.address()).handler(_ -> {
                    if (capability.equals("faces")) {
                        mayWork.await();
                    }
                    return Answer.processed("{}");
                }).start();
    }

    private Camera camera(EmbeddedRedis server, String id, String capability) {
        List<String> needs = List.of(capability);
        CameraSettings settings = new CameraSettings(id, new VideoAddress.File(DemoClip.path()), new Pictures(FPS, 50),
                true, new Announcement(0, needs, (_, _) -> TraceContext.random()), () -> demand.share(needs, FPS));
        return Camera.open(settings,
                new RedisSink(PartitionLayout.of(server.address(), Partitioning.whole("")), id, PixelRetention.DEFAULT,
                        null),
                InstantSource.system(), System::nanoTime);
    }
}
