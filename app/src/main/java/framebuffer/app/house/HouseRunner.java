package framebuffer.app.house;

import framebuffer.app.camera.CameraOptions;
import framebuffer.app.camera.CameraReports;
import framebuffer.app.detect.Detectors;
import framebuffer.app.serve.ServeOptions;
import framebuffer.app.serve.Service;
import framebuffer.client.Processor;
import framebuffer.client.ProcessorBuilder;
import framebuffer.redis.RedisLoop;
import framebuffer.redis.cluster.Partition;
import framebuffer.redis.cluster.PartitionLayout;
import framebuffer.vision.camera.Camera;
import framebuffer.vision.camera.Demand;
import framebuffer.vision.camera.RedisSink;
import framebuffer.vision.detect.Detector;
import framebuffer.vision.detect.PicturePublisher;
import framebuffer.wire.Secret;
import framebuffer.wire.control.CameraPolicy;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import javax.net.ssl.SSLContext;

/** Runs the cameras and detectors of a house in the process of its service. For one thread at a time. */
final class HouseRunner implements AutoCloseable {
    private final Service service;
    private final ServeOptions options;
    private final PartitionLayout partitions;
    private final List<Demand> demands;
    private final List<CameraReports> reports;
    private final List<HousePolicies> policies;
    private final List<RedisLoop> loops = new ArrayList<>();
    private final PicturePublisher pictures;
    private final EntryGroup<HouseCamera, RunningCamera> cameras;
    private final EntryGroup<HouseDetector.Detector, RunningDetector> detectors;

    /** A camera that reports while it runs. */
    private record RunningCamera(Camera camera, CameraReports reports) implements AutoCloseable {
        boolean hasFailed() {
            return camera.finished().isCompletedExceptionally();
        }

        @Override
        public void close() {
            reports.remove(camera);
            camera.close();
        }
    }

    /** A detector and its processor, which closes first. */
    private record RunningDetector(Processor processor, Detector detector) implements AutoCloseable {
        /** It was drained, or the number of partitions has changed. */
        boolean hasEnded() {
            return processor.isClosed();
        }

        @Override
        public void close() {
            processor.close();
            detector.close();
        }
    }

    HouseRunner(Service service, ServeOptions options) {
        this.service = service;
        this.options = options;
        this.partitions = PartitionLayout.of(service.redis(), options.redis().partitioning());
        this.demands = partitions.all().stream().map(one -> new Demand(one.keys())).toList();
        this.reports = partitions.all().stream().map(one -> new CameraReports(one.keys())).toList();
        this.policies = partitions.all().stream()
                .map(one -> new HousePolicies(one.keys(), options.mostCameraPolicies())).toList();
        for (Partition one : partitions.all()) {
            loops.add(new RedisLoop("demand", one.redis(), demands.get(one.number())).start());
            loops.add(new RedisLoop("camera-reports", one.redis(), reports.get(one.number())).start());
            loops.add(new RedisLoop("camera-policies", one.redis(), policies.get(one.number())).start());
        }
        this.pictures = new PicturePublisher(partitions).start();
        this.cameras = new EntryGroup<>("camera", this::camera, RunningCamera::hasFailed, System::nanoTime);
        this.detectors = new EntryGroup<>("detector", this::detector, RunningDetector::hasEnded, System::nanoTime);
    }

    /** The result of a change of the file. */
    record Changes(EntryGroup.Change cameras, EntryGroup.Change detectors) {
        /** In words; empty: nothing changed. */
        String words() {
            List<String> all = new ArrayList<>();
            say(all, "camera", cameras);
            say(all, "detector", detectors);
            return String.join("; ", all);
        }

        private static void say(List<String> all, String kind, EntryGroup.Change change) {
            say(all, "added " + kind, change.added());
            say(all, "changed " + kind, change.changed());
            say(all, "removed " + kind, change.removed());
        }

        private static void say(List<String> all, String what, List<String> ids) {
            if (!ids.isEmpty()) {
                all.add(what + (ids.size() == 1 ? " " : "s ") + String.join(", ", ids));
            }
        }
    }

    /** Starts, replaces and stops cameras and detectors until they are those of this house. */
    Changes apply(House house) {
        List<Map<String, CameraPolicy>> wanted = partitions.all().stream()
                .<Map<String, CameraPolicy>>map(_ -> new HashMap<>()).toList();
        house.cameras().forEach((id, camera) -> camera.options().policy()
                .ifPresent(policy -> wanted.get(partitions.of(id).number()).put(id, policy)));
        partitions.all().forEach(one -> policies.get(one.number()).want(wanted.get(one.number())));
        Changes changes = new Changes(cameras.apply(house.cameras()), detectors.apply(house.detectors()));
        changes.cameras().removed().forEach(id -> policies.get(partitions.of(id).number()).forget(id));
        return changes;
    }

    /** Starts again what has failed. */
    void tend() {
        cameras.tend();
        detectors.tend();
    }

    private RunningCamera camera(String id, HouseCamera entry) {
        Partition partition = partitions.of(id);
        CameraOptions camera = entry.options();
        Camera running = Camera.waiting(
                camera.settings(camera.address(), demands.get(partition.number()), service.tracing()::announce),
                new RedisSink(partitions, id, camera.pixels(), options.redis().pixels()), InstantSource.system(),
                System::nanoTime);
        CameraReports reporting = reports.get(partition.number());
        reporting.add(running);
        return new RunningCamera(running.start(), reporting);
    }

    private RunningDetector detector(String id, HouseDetector.Detector entry) throws InterruptedException {
        Detector detector = entry.kind().make(entry.options());
        boolean started = false;
        try {
            Processor processor = described(id, entry, detector).start();
            started = true;
            return new RunningDetector(processor, detector);
        } finally {
            if (!started) {
                detector.close();
            }
        }
    }

    private ProcessorBuilder described(String id, HouseDetector.Detector entry, Detector detector) {
        Secret token = options.apiToken();
        ProcessorBuilder builder = Detectors.describe(id, detector, null, pictures)
                .capabilities(entry.capabilities().toArray(String[]::new))
                .capacity(Math.max(entry.capacity(), detector.batch()))
                .concurrency(Math.max(entry.concurrency(), detector.batch()))
                .heartbeatInterval(entry.heartbeatInterval())
                .resultsKept(entry.resultsMax()).grace(Detectors.GRACE).orchestrator(service.url())
                .redis(service.redis()).pixelsRedis(options.redis().pixels()).keyPrefix(options.redis().keyPrefix())
                .tracing(service.tracing().ofProcessors());
        SSLContext tls = options.tlsOfOwnClients();
        if (tls != null) {
            builder.orchestratorTls(tls);
        }
        return token == null ? builder : builder.token(token.reveal());
    }

    /** Stops the cameras, then the detectors, which finish their frames. */
    @Override
    public void close() {
        cameras.close();
        detectors.close();
        loops.forEach(RedisLoop::stop);
        loops.forEach(RedisLoop::close);
        pictures.close();
    }
}
