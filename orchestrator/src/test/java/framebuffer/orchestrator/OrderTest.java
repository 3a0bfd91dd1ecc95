package framebuffer.orchestrator;

import static org.assertj.core.api.Assertions.assertThat;

import framebuffer.orchestrator.observability.telemetry.FrameTracing;
import framebuffer.orchestrator.pipeline.AffinityTable;
import framebuffer.orchestrator.pipeline.Pump.PipelineLimits;
import framebuffer.orchestrator.pipeline.admission.Window;
import framebuffer.orchestrator.pipeline.dispatch.Dispatcher;
import framebuffer.orchestrator.pipeline.dispatch.FrameEvents;
import framebuffer.orchestrator.pipeline.dispatch.HandOffs;
import framebuffer.orchestrator.pipeline.dispatch.Outgoing;
import framebuffer.orchestrator.pipeline.intake.Arrival.PendingFrame;
import framebuffer.orchestrator.pipeline.intake.Delivery;
import framebuffer.orchestrator.pipeline.intake.Intake;
import framebuffer.orchestrator.pipeline.routing.ProcessorLoads;
import framebuffer.orchestrator.pipeline.routing.Router;
import framebuffer.orchestrator.pipeline.routing.RoutingDecision.Routed;
import framebuffer.orchestrator.pipeline.routing.RoutingStrategy;
import framebuffer.redis.GroupReader;
import framebuffer.redis.RedisConnection;
import framebuffer.redis.Replies;
import framebuffer.redis.StreamEntry;
import framebuffer.redis.embedded.EmbeddedRedis;
import framebuffer.redis.handoff.FrameSource;
import framebuffer.redis.handoff.HandOff;
import framebuffer.testkit.Await;
import framebuffer.wire.EntryId;
import framebuffer.wire.frame.QueuedFrame;
import io.opentelemetry.api.OpenTelemetry;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** With one instance and affinity routing, frames of one camera and priority reach their processor in the order of their capture. */
class OrderTest {
    private static final int FRAMES = 500;
    private static final List<String> PROCESSORS = List.of("p0", "p1", "p2");

    private static final FrameSource SOURCE = new FrameSource(Site.KEYS.capture(), Site.GROUP,
            FrameSource.SourceKind.CAPTURE);

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private static Path folder;
    @SuppressWarnings("NullAway.Init")
    private static EmbeddedRedis server;

    private final Map<Line, EntryId> last = new HashMap<>();
    private int captured;
    private int seen;

    private record Line(String processor, String camera, int priority) {
    }

    @BeforeAll
    static void startRedis() {
        server = EmbeddedRedis.start(folder);
    }

    @AfterAll
    static void stopRedis() {
        server.close();
    }

    /** Foreign entries fill queues without the router's knowledge, and leave again, so that hand-offs are refused all the time. */
    @RepeatedTest(12)
    void whateverRoomThereIsAndWheneverItIsAcknowledged(RepetitionInfo run) {
        Random random = new Random(run.getCurrentRepetition());
        try (Site site = new Site(server.address())) {
            site.strategy = RoutingStrategy.AFFINITY;
            PROCESSORS.forEach(id -> site.register(id, 2 + random.nextInt(12), "face"));
            site.start("i1", server.address(),
                    new PipelineLimits(Window.Limit.of(60), PipelineLimits.DEFAULT.starvation(), 1 + random.nextInt(8),
                            5, PipelineLimits.DEFAULT.processingTimeout(),
                            PipelineLimits.DEFAULT.foreignGroupRetention(), PipelineLimits.DEFAULT.instanceLease(),
                            HandOff.HandOffLimits.DEFAULT,
                            new AffinityTable.AffinityLimits(random.nextBoolean() ? 2 : 100,
                                    AffinityTable.AffinityLimits.DEFAULT.keep())));
            Await.until("all frames are done", () -> {
                step(site, random);
                return seen == FRAMES;
            });
        }
    }

    private void step(Site site, Random random) {
        for (int i = random.nextInt(12); i > 0 && captured < FRAMES; i--) {
            site.capture("frame_id", "f" + captured++, "camera_id", "cam" + random.nextInt(12), "detection_type",
                    "face", "priority", Integer.toString(random.nextInt(2)));
        }
        String processor = PROCESSORS.get(random.nextInt(PROCESSORS.size()));
        switch (random.nextInt(8)) {
            case 0, 1 -> site.redis.call("XADD", "frames:ready:" + processor, "*", "not", "ours");
            case 2 -> site.register(processor, 2 + random.nextInt(12), "face");
            default -> site.read(processor, 1 + random.nextInt(6)).forEach(entry -> done(site, processor, entry));
        }
    }

    private void done(Site site, String processor, StreamEntry entry) {
        if (Site.fields(entry).text("not") != null) {
            site.acknowledge(processor, entry);
            return;
        }
        QueuedFrame queued = Site.queued(entry);
        EntryId before = last.put(new Line(processor, queued.frame().cameraId(), queued.frame().priority()),
                queued.captureId());
        if (before != null) {
            assertThat(queued.captureId()).as("%s at %s", queued.frame().cameraId(), processor).isGreaterThan(before);
        }
        seen++;
        site.finish(processor, entry);
    }

    @Test
    void aFrameDoesNotOvertakeOneThatWasRefusedInABatchBeforeItAlthoughThereIsRoomNow() {
        try (Site site = new Site(server.address()); RedisConnection pump = RedisConnection.open(server.address())) {
            Batches batches = new Batches(site, pump);
            List<PendingFrame> frames = batches.captured(2);
            String inTheWay = Replies.text(site.redis.call("XADD", "frames:ready:p0", "*", "not", "ours"));
            batches.begin(frames.getFirst());
            Await.until("it was refused", () -> site.count("cam", "captured") == 1);
            site.redis.call("XDEL", "frames:ready:p0", inTheWay);
            batches.begin(frames.getLast());
            assertThat(batches.settled()).containsExactly(frames.getFirst());
            assertThat(batches.settled()).containsExactly(frames.getLast());
            batches.begin(frames.getFirst());
            assertThat(batches.settled()).isEmpty();
            assertThat(site.texts("frames:ready:p0", "frame_id")).containsExactly("f0");
        }
    }

    /** Batches of one frame each, to a processor that has room for one frame while the router assumes two. */
    private static final class Batches {
        private final Site site;
        private final Router router = new Router(RoutingStrategy.LEAST_LOADED);
        private final FrameTracing tracing = new FrameTracing(OpenTelemetry.noop());
        private final Dispatcher dispatcher = new Dispatcher(Site.KEYS, FrameEvents.toAll(List.of()), true,
                () -> ProcessorLoads.NONE);
        private EntryId known;

        Batches(Site site, RedisConnection pump) {
            this.site = site;
            router.available(List.of(site.register("p0", 1, "face")));
            Objects.requireNonNull(router.slot("p0")).seen(2);
            HandOffs handOffs = HandOffs.inRedis(new HandOff(Site.KEYS, "instance-1", HandOff.HandOffLimits.DEFAULT),
                    "i1", List.of()).apply(pump);
            dispatcher.connected(handOffs);
            known = handOffs.mark().cursor();
        }

        /** Arrivals of one camera. */
        List<PendingFrame> captured(int n) {
            IntStream.range(0, n).forEach(i -> site.capture("f" + i, "cam", "face"));
            GroupReader reader = new GroupReader(Site.KEYS.capture(), Site.GROUP, "i1");
            reader.ensureGroup(site.redis);
            Delivery delivery = new Delivery.Fresh(SOURCE, 1, reader.readNew(site.redis, n, Duration.ZERO));
            return delivery.entries().stream()
                    .map(entry -> (PendingFrame) new Intake(5).read(delivery, entry, Instant.EPOCH)).toList();
        }

        /** Frames of the oldest batch that were refused. */
        List<PendingFrame> settled() {
            return dispatcher.settle().stream().map(Outgoing.Assigned::pending).toList();
        }

        void begin(PendingFrame frame) {
            Routed routed = (Routed) router.decide("cam", frame.needs(), null);
            Outgoing.Assigned assigned = new Outgoing.Assigned(frame, routed.choices(),
                    tracing.begin(frame, routed.choices(), Instant.EPOCH), dispatcher.before(frame), 0);
            HandOff.CapturedFrames captured = new HandOff.CapturedFrames("i1", known, frame.entry(), Map.of("cam", 1));
            known = frame.entry();
            dispatcher.begin(new Dispatcher.OutgoingBatch(SOURCE, List.of(assigned), captured, List.of()),
                    Instant.EPOCH);
        }
    }
}
