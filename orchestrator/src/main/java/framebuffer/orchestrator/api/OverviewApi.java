package framebuffer.orchestrator.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import framebuffer.orchestrator.api.http.Response;
import framebuffer.orchestrator.api.http.Route;
import framebuffer.orchestrator.flowcontrol.CameraDirectory.CameraState;
import framebuffer.orchestrator.observability.stats.FlowCounts;
import framebuffer.orchestrator.observability.stats.FlowCounts.Flow;
import framebuffer.orchestrator.observability.stats.FrameQueries.FrameOverview;
import framebuffer.orchestrator.observability.stats.FrameRates.CompletionPace;
import framebuffer.orchestrator.observability.stats.Ledger;
import framebuffer.wire.CameraNeed;
import framebuffer.wire.frame.Finding;
import framebuffer.wire.text.NaturalOrder;
import framebuffer.wire.text.Timestamps;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Everything at a glance: once, or as an event each second. However many look, it is read once a second at most, and not at all while
 * nobody looks.
 */
final class OverviewApi {
    private static final Duration EVERY = Duration.ofSeconds(1);
    /** What was read no longer ago is shown again; less than a second, or every other event would repeat the one before. */
    private static final Duration FRESH = Duration.ofMillis(900);
    private static final int MOST_WAYS = 500;
    private static final int MOST_CAMERAS = 500;
    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

    private final ApiServices services;
    private final ReentrantLock lock = new ReentrantLock();
    private JsonNode last = JSON.missingNode();
    private long lastAt;

    OverviewApi(ApiServices services) {
        this.services = services;
    }

    List<Route> routes() {
        return List.of(Route.get("/overview", _ -> Response.ok(overview())),
                Route.get("/overview/events", _ -> new Response.EventContent("overview", EVERY, this::overview)));
    }

    private JsonNode overview() {
        lock.lock();
        try {
            if (last.isMissingNode() || System.nanoTime() - lastAt > FRESH.toNanos()) {
                last = look();
                lastAt = System.nanoTime();
            }
            return last;
        } finally {
            lock.unlock();
        }
    }

    private ObjectNode look() {
        FrameOverview overview = services.traffic().standing();
        List<CameraState> all = services.cameras().list(overview.ledger());
        List<CameraState> cameras = shown(all);
        ObjectNode json = JSON.objectNode().put("at", Timestamps.micros(overview.at()));
        json.set("health", HealthApi.json(services.checks()));
        json.set("partitions", PartitionsApi.json(services.partitions().get()));
        json.set("alerts", AlertsApi.json(services.alerts().get()));
        json.set("control", services.switchboard().status().json());
        json.set("ledger", ledger(overview.ledger(), cameras).json());
        json.set("rates", rates(all, overview));
        json.set("latency", latency(overview.pace().latency()));
        json.set("backlogs", overview.backlogs().json());
        json.put("cameras_total", all.size());
        ArrayNode sources = json.putArray("cameras");
        cameras.forEach(camera -> sources.add(camera.json()));
        ArrayNode processors = json.putArray("processors");
        services.registry().snapshot().all().forEach(processor -> processors.add(ProcessorJson.of(processor)));
        json.set("flows", flows(overview.flows()));
        json.set("pictures", pictures(overview.pictures()));
        return json;
    }

    /** The cameras that have sent a frame last, by id: a page can show no more, and is sent them each second. */
    private static List<CameraState> shown(List<CameraState> all) {
        return all.size() <= MOST_CAMERAS
                ? all
                : all.stream()
                        .sorted(Comparator.comparing(CameraState::lastFrameAt,
                                Comparator.nullsFirst(Comparator.naturalOrder())).reversed())
                        .limit(MOST_CAMERAS).sorted(Comparator.comparing(CameraState::id, NaturalOrder.NAMES)).toList();
    }

    /** The same with what became of the frames of these cameras only, and of those that are counted together. */
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

    private static JsonNode latency(CompletionPace.@Nullable Latency latency) {
        return latency == null
                ? JSON.nullNode()
                : JSON.objectNode().put("p50_ms", millis(latency.p50())).put("p95_ms", millis(latency.p95()))
                        .put("p99_ms", millis(latency.p99()));
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
