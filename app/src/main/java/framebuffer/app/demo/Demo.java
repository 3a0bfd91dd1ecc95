package framebuffer.app.demo;

import framebuffer.app.detect.DetectorKind;
import framebuffer.app.detect.DetectorOptions;
import framebuffer.app.detect.Detectors;
import framebuffer.app.serve.ServeOptions;
import framebuffer.app.serve.Service;
import framebuffer.app.terminal.CannotRun;
import framebuffer.app.terminal.StopSignal;
import framebuffer.client.Processor;
import framebuffer.client.ProcessorBuilder;
import framebuffer.client.RegistrationRefused;
import framebuffer.orchestrator.observability.stats.Ledger;
import framebuffer.redis.RedisAddress;
import framebuffer.redis.RedisLoop;
import framebuffer.redis.cluster.PartitionLayout;
import framebuffer.vision.camera.Announcement;
import framebuffer.vision.camera.Camera;
import framebuffer.vision.camera.CameraSettings;
import framebuffer.vision.camera.Demand;
import framebuffer.vision.camera.DemoClip;
import framebuffer.vision.camera.FrameSink;
import framebuffer.vision.camera.Pictures;
import framebuffer.vision.camera.RedisSink;
import framebuffer.vision.camera.RedisSink.PixelRetention;
import framebuffer.vision.detect.Annotator;
import framebuffer.vision.detect.PicturePublisher;
import framebuffer.vision.source.CameraUnavailable;
import framebuffer.vision.source.VideoAddress;
import framebuffer.wire.EntryId;
import framebuffer.wire.Secret;
import framebuffer.wire.text.Fields;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.LongAdder;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs cameras, the service and detectors in one process. */
final class Demo implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Demo.class);
    private static final Duration LOOK = Duration.ofSeconds(1);
    private static final Duration FINISH_WITHIN = Duration.ofSeconds(60);
    private static final Duration FINISH_WITHIN_AFTER_CTRL_C = Duration.ofMillis(300);
    private static final List<String> EVERYTHING = List.of("person_detection", "motion_detection", "camera_tampering");
    private static final List<String> PLACES = List.of("north", "east", "south", "west");

    private final Service service;
    private final PartitionLayout partitions;
    private final List<RedisLoop> following;
    private final List<Demand> demands;
    private final List<RedisLoop> asking;
    private final PicturePublisher show;
    private final ResultCollector results = new ResultCollector();
    private final Ledger before;
    private final List<Processor> detectors = new CopyOnWriteArrayList<>();
    private final List<Camera> cameras = new CopyOnWriteArrayList<>();
    private final LongAdder sent = new LongAdder();
    private Duration finishWithin = FINISH_WITHIN;

    /**
     * The cast of a demo.
     *
     * @param cameras number of cameras, 1 to 64
     * @param fps frames per second of each camera
     * @param pixels how long Redis keeps pixels
     * @param save folder for annotated pictures; null: none
     */
    record DemoParts(int cameras, double fps, PixelRetention pixels, @Nullable Path save) {
    }

    private Demo(Service service, PartitionLayout partitions) {
        this.service = service;
        this.partitions = partitions;
        this.before = service.ledger();
        this.following = partitions.all().stream().map(one -> new RedisLoop("results", one.redis(),
                results.following(one.keys().results())).start()).toList();
        this.demands = partitions.all().stream().map(one -> new Demand(one.keys())).toList();
        this.asking = partitions.all().stream()
                .map(one -> new RedisLoop("demand", one.redis(), demands.get(one.number())).start()).toList();
        this.show = new PicturePublisher(partitions).start();
    }

    /** Starts everything; frames flow when this returns. */
    static Demo start(DemoParts cast, ServeOptions options) {
        Service service = Service.start(options);
        Demo demo = new Demo(service, options.redis().on(service.redis()));
        boolean started = false;
        try {
            demo.startAll(cast, options);
            started = true;
            return demo;
        } catch (CompletionException e) {
            switch (e.getCause()) {
                case CameraUnavailable why -> throw new CannotRun(String.valueOf(why.getMessage()), e);
                case IllegalArgumentException why -> throw new CannotRun(String.valueOf(why.getMessage()), e);
                case RegistrationRefused why -> throw new CannotRun(String.valueOf(why.getMessage()), e);
                case null, default -> throw e;
            }
        } finally {
            if (!started) {
                demo.close();
            }
        }
    }

    /** In parallel, because loading native code, registering and opening a video are slow. */
    private void startAll(DemoParts cast, ServeOptions options) {
        Annotator annotator = Detectors.annotator(cast.save());
        List<CompletableFuture<Void>> starting = new ArrayList<>();
        Map.of("people-1", DetectorKind.PEOPLE, "people-2", DetectorKind.PEOPLE, "motion-1", DetectorKind.MOTION,
                "tampering-1", DetectorKind.TAMPERING)
                .forEach((id, kind) -> starting.add(aside(() -> detectors
                        .add(detector(Detectors.describe(id, kind.make(DetectorOptions.NONE), annotator, show),
                                options)))));
        for (int i = 0; i < cast.cameras(); i++) {
            String name = i < PLACES.size() ? PLACES.get(i) : "camera-" + (i + 1);
            starting.add(aside(() -> cameras.add(camera(name, cast, options))));
        }
        starting.forEach(CompletableFuture::join);
        cameras.forEach(Camera::start);
    }

    private static CompletableFuture<Void> aside(Runnable work) {
        return CompletableFuture.runAsync(work, Thread.ofPlatform().daemon()::start);
    }

    private Processor detector(ProcessorBuilder description, ServeOptions options) {
        Secret token = options.apiToken();
        description.orchestrator(service.url()).redis(service.redis())
                .pixelsRedis(options.redis().pixels()).keyPrefix(options.redis().keyPrefix())
                .tracing(service.tracing().ofProcessors());
        if (token != null) {
            description.token(token.reveal());
        }
        SSLContext tls = options.tlsOfOwnClients();
        if (tls != null) {
            description.orchestratorTls(tls);
        }
        try {
            return description.start();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while a detector starts", e);
        }
    }

    private Camera camera(String name, DemoParts cast, ServeOptions options) {
        double fps = cast.fps();
        Demand demand = demands.get(partitions.of(name).number());
        CameraSettings settings = new CameraSettings(name, VideoAddress.parse(DemoClip.path().toString()),
                new Pictures(fps, 85), true, new Announcement(0, EVERYTHING, service.tracing()::announce),
                () -> demand.share(EVERYTHING, fps));
        return Camera.open(settings,
                remembering(new RedisSink(partitions, name, cast.pixels(), options.redis().pixels())),
                InstantSource.system(), System::nanoTime);
    }

    /** A sink that reports each announced frame to {@link ResultCollector}. */
    private FrameSink remembering(FrameSink sink) {
        return new FrameSink() {
            @Override
            public EntryId publish(String frameId, Fields fields, byte[] jpeg) {
                EntryId id = sink.publish(frameId, fields, jpeg);
                sent.increment();
                results.announced(frameId, id);
                return id;
            }

            @Override
            public void close() {
                sink.close();
            }
        };
    }

    String url() {
        return service.url();
    }

    RedisAddress redis() {
        return service.redis();
    }

    Ledger ledger() {
        return service.ledger();
    }

    /** Frames that the cameras have sent. */
    long sent() {
        return sent.sum();
    }

    /** Stops the cameras; the frames in flight go on. */
    void stopCameras() {
        closeAll(cameras);
    }

    /** Lets the cameras play for this long (null: without limit), or until the user stops the demo. */
    void play(@Nullable Duration duration, StopSignal stop, DemoProgress progress) throws InterruptedException {
        long start = System.nanoTime();
        while (true) {
            Duration since = Duration.ofNanos(System.nanoTime() - start);
            progress.at(since, DemoSummary.since(before.total(), service.ledger().total()), results.tally());
            Duration left = duration == null ? LOOK : duration.minus(since);
            if (!left.isPositive()) {
                return;
            }
            if (stop.await(left.compareTo(LOOK) < 0 ? left : LOOK)) {
                finishWithin = FINISH_WITHIN_AFTER_CTRL_C;
                return;
            }
        }
    }

    /** Stops the cameras, lets the detectors finish the frames in flight, and returns the summary. */
    DemoSummary finish(DemoProgress progress) throws InterruptedException {
        closeAll(cameras);
        progress.finishing(service.ledger().total().inFlight());
        long deadline = System.nanoTime() + finishWithin.toNanos();
        Ledger ledger = service.ledger();
        while (ledger.total().inFlight() > 0 && System.nanoTime() < deadline) {
            Thread.sleep(Duration.ofMillis(50));
            ledger = service.ledger();
        }
        closeAll(detectors);
        closeAll(following);
        return new DemoSummary(before, service.ledger(), results.tally(),
                cameras.stream().mapToLong(camera -> camera.statistics().heldBack()).sum());
    }

    /** Closes all in parallel, because each close is slow. */
    private static void closeAll(List<? extends AutoCloseable> all) {
        List<CompletableFuture<Void>> closing = all.stream()
                .map(one -> CompletableFuture.runAsync(() -> close(one), Thread::startVirtualThread)).toList();
        closing.forEach(CompletableFuture::join);
    }

    private static void close(AutoCloseable one) {
        try {
            one.close();
        } catch (Exception e) {
            log.warn("did not shut down cleanly: {}", one, e);
        }
    }

    @Override
    public void close() {
        closeAll(cameras);
        closeAll(detectors);
        closeAll(following);
        closeAll(asking);
        show.close();
        service.close();
    }
}
