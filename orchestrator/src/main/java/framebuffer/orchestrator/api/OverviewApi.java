package framebuffer.orchestrator.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import framebuffer.orchestrator.api.http.Resource;
import framebuffer.orchestrator.api.http.Response;
import framebuffer.orchestrator.api.http.Route;
import framebuffer.orchestrator.flowcontrol.CameraDirectory;
import framebuffer.orchestrator.flowcontrol.CameraDirectory.CameraState;
import framebuffer.orchestrator.observability.alerts.Verdicts;
import framebuffer.orchestrator.observability.alerts.Verdicts.CameraVerdicts;
import framebuffer.orchestrator.observability.stats.FlowCounts;
import framebuffer.orchestrator.observability.stats.FlowCounts.Flow;
import framebuffer.orchestrator.observability.stats.FrameQueries;
import framebuffer.orchestrator.observability.stats.FrameQueries.FrameOverview;
import framebuffer.orchestrator.observability.stats.FrameRates.CompletionPace;
import framebuffer.orchestrator.observability.stats.Ledger;
import framebuffer.orchestrator.processors.health.RegisteredProcessor;
import framebuffer.orchestrator.processors.registry.ClusterRegistry;
import framebuffer.wire.CameraNeed;
import framebuffer.wire.control.Backpressure;
import framebuffer.wire.control.PressureLevel;
import framebuffer.wire.frame.Finding;
import framebuffer.wire.text.NaturalOrder;
import framebuffer.wire.text.Timestamps;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The whole service in one document: once, or as an event each second. One reading a second serves all callers; without callers there is
 * none.
 */
public final class OverviewApi implements Resource {
    private static final Duration EVERY = Duration.ofSeconds(1);
    /** How long a document is reused; less than a second, so that consecutive events differ. */
    private static final Duration FRESH = Duration.ofMillis(900);
    private static final int MOST_WAYS = 500;
    private static final int MOST_CAMERAS = 500;
    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

    private final MonitoringApi monitoring;
    private final ClusterApi cluster;
    private final FrameQueries frames;
    private final CameraDirectory cameras;
    private final ClusterRegistry registry;
    private final ReentrantLock lock = new ReentrantLock();
    private JsonNode last = JSON.missingNode();
    private long lastAt;

    public OverviewApi(MonitoringApi monitoring, ClusterApi cluster, FrameQueries frames, CameraDirectory cameras,
            ClusterRegistry registry) {
        this.monitoring = monitoring;
        this.cluster = cluster;
        this.frames = frames;
        this.cameras = cameras;
        this.registry = registry;
    }

    @Override
    public List<Route> routes() {
        return List.of(Route.get("/overview", _ -> Response.ok(latest())),
                Route.get("/overview/events", _ -> new Response.EventContent("overview", EVERY, this::latest)));
    }

    private JsonNode latest() {
        lock.lock();
        try {
            if (last.isMissingNode() || System.nanoTime() - lastAt > FRESH.toNanos()) {
                last = read();
                lastAt = System.nanoTime();
            }
            return last;
        } finally {
            lock.unlock();
        }
    }

    private ObjectNode read() {
        FrameOverview overview = frames.overview();
        List<CameraState> all = cameras.list(overview.ledger());
        List<CameraState> newest = shown(all);
        ObjectNode json = JSON.objectNode().put("at", Timestamps.micros(overview.at()));
        json.set("health", monitoring.health());
        json.set("partitions", cluster.partitions());
        json.set("alerts", monitoring.alerts());
        Backpressure control = cluster.control();
        json.set("control", control.json());
        json.set("ledger", ledger(overview.ledger(), newest).json());
        json.set("rates", rates(all, overview));
        json.set("latency", latency(overview.pace()));
        json.set("backlogs", overview.backlogs().json());
        json.put("cameras_total", all.size());
        ArrayNode sources = json.putArray("cameras");
        newest.forEach(camera -> sources.add(camera.json()));
        ArrayNode processors = json.putArray("processors");
        List<RegisteredProcessor> registered = List.copyOf(registry.snapshot().all());
        registered.forEach(processor -> processors.add(ProcessorsApi.json(processor)));
        json.set("flows", flows(overview.flows()));
        json.set("pictures", pictures(overview.pictures()));
        ObjectNode verdicts = json.putObject("verdicts");
        verdicts.set("cameras", cameraVerdicts(newest, control, overview));
        verdicts.set("processors", processorVerdicts(registered, control));
        verdicts.set("capabilities", capabilityVerdicts(registered, control, overview.flows()));
        return json;
    }

    private ObjectNode cameraVerdicts(List<CameraState> shown, Backpressure control, FrameOverview overview) {
        CameraVerdicts verdicts = monitoring.verdicts().cameras(shown, control.operatorPaused(), overview.at());
        ObjectNode json = JSON.objectNode();
        shown.forEach(camera -> json.set(camera.id(), verdicts.of(camera,
                Optional.ofNullable(overview.flows().cameras().get(camera.id())).map(FlowCounts.FlowDelays::mean))
                .json()));
        return json;
    }

    private static ObjectNode processorVerdicts(List<RegisteredProcessor> processors, Backpressure control) {
        ObjectNode json = JSON.objectNode();
        processors.forEach(one -> json.set(one.registration().id(), Verdicts.processor(one,
                control.processors().getOrDefault(one.registration().id(), PressureLevel.NORMAL)).json()));
        return json;
    }

    private static ObjectNode capabilityVerdicts(List<RegisteredProcessor> processors, Backpressure control,
            FlowCounts flows) {
        ObjectNode json = JSON.objectNode();
        Stream.concat(processors.stream().flatMap(one -> one.registration().capabilities().stream()),
                flows.handedOff().keySet().stream().map(Flow::capability)).distinct().sorted(NaturalOrder.NAMES)
                .forEach(name -> json.set(name, Verdicts.capability(name, processors,
                        control.capabilities().getOrDefault(name, PressureLevel.NORMAL)).json()));
        return json;
    }

    /** The most recent cameras, by id: a page cannot show more, and receives them each second. */
    private static List<CameraState> shown(List<CameraState> all) {
        return all.size() <= MOST_CAMERAS
                ? all
                : all.stream()
                        .sorted(Comparator.comparing(CameraState::lastFrameAt,
                                Comparator.nullsFirst(Comparator.naturalOrder())).reversed())
                        .limit(MOST_CAMERAS).sorted(Comparator.comparing(CameraState::id, NaturalOrder.NAMES)).toList();
    }

    /** The ledger of these cameras, and of frames counted without a camera. */
    private static Ledger ledger(Ledger all, List<CameraState> cameras) {
        if (all.cameras().size() <= MOST_CAMERAS) {
            return all;
        }
        Set<String> ids = cameras.stream().map(CameraState::id).collect(Collectors.toSet());
        return new Ledger(all.balanced(), all.total(), all.inFlight(), all.cameras().stream()
                .filter(camera -> ids.contains(camera.cameraId()) || Ledger.COLLECTIVE.contains(camera.cameraId()))
                .toList());
    }

    private static ObjectNode rates(List<CameraState> cameras, FrameOverview overview) {
        ObjectNode json = JSON.objectNode()
                .put("captured_per_second", milli(cameras.stream().mapToDouble(CameraState::framesPerSecond).sum()))
                .put("completed_per_second", milli(overview.completedPerSecond()));
        ObjectNode each = json.putObject("by_processor");
        overview.pace().perSecond().forEach((processor, frames) -> each.put(processor, milli(frames)));
        return json;
    }

    private static JsonNode latency(CompletionPace pace) {
        return pace.latency().<JsonNode>map(latency -> JSON.objectNode().put("p50_ms", millis(latency.p50()))
                .put("p95_ms", millis(latency.p95())).put("p99_ms", millis(latency.p99()))).orElse(JSON.nullNode());
    }

    private static ObjectNode flows(FlowCounts flows) {
        double seconds = flows.over().toNanos() / 1e9;
        ObjectNode json = JSON.objectNode().put("over_seconds", milli(seconds));
        ArrayNode ways = json.putArray("ways");
        flows.handedOff().entrySet().stream().sorted(Map.Entry.<Flow, Integer>comparingByValue().reversed())
                .limit(MOST_WAYS)
                .forEach(way -> ways.addObject().put("camera_id", way.getKey().cameraId())
                        .put("capability", way.getKey().capability()).put("processor_id", way.getKey().processorId())
                        .put("frames_per_second", seconds > 0 ? milli(way.getValue() / seconds) : 0));
        ArrayNode cameras = json.putArray("cameras");
        flows.cameras().entrySet().stream().sorted(Map.Entry.comparingByKey(NaturalOrder.NAMES)).limit(MOST_CAMERAS)
                .forEach(camera -> cameras.addObject().put("camera_id", camera.getKey())
                        .put("mean_wait_ms", millis(camera.getValue().mean()))
                        .put("longest_wait_ms", millis(camera.getValue().longest()))
                        .put("last_frame_id", camera.getValue().lastFrameId()));
        return json;
    }

    private static ArrayNode pictures(Map<CameraNeed, Finding> pictures) {
        ArrayNode list = JSON.arrayNode();
        pictures.entrySet().stream()
                .sorted(Comparator.comparing((Map.Entry<CameraNeed, Finding> one) -> one.getKey().camera(),
                        NaturalOrder.NAMES)
                        .thenComparing(one -> one.getKey().capability()))
                .limit(MOST_CAMERAS)
                .forEach(one -> list.add(one.getValue().json().put("camera_id", one.getKey().camera())
                        .put("capability", one.getKey().capability())));
        return list;
    }

    private static double milli(double figure) {
        return Math.round(figure * 1e3) / 1e3;
    }

    private static double millis(Duration time) {
        return Math.round(time.toNanos() / 1e3) / 1e3;
    }
}
