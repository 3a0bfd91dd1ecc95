package framebuffer.orchestrator.api;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import framebuffer.orchestrator.api.http.Problem;
import framebuffer.orchestrator.api.http.Request;
import framebuffer.orchestrator.api.http.Response;
import framebuffer.orchestrator.observability.history.HistoryPoint;
import framebuffer.orchestrator.observability.history.HistoryReader;
import framebuffer.orchestrator.observability.history.HistoryReader.History;
import framebuffer.orchestrator.observability.history.HistoryReader.HistoryRange;
import framebuffer.orchestrator.observability.stats.FrameRates.CompletionPace.Latency;
import framebuffer.wire.text.FieldReader;
import framebuffer.wire.text.Timestamps;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The history: its parameters and its answer. */
final class HistoryListing {
    private static final int SHORTEST = 60;
    private static final int LONGEST = 86_400;

    private HistoryListing() {
    }

    static Response of(Request request, HistoryReader history) {
        FieldReader reader = new FieldReader();
        Instant from = request.moment("from", reader);
        Instant to = request.moment("to", reader);
        Duration step = step(request, reader);
        if (from != null && to != null && !from.isBefore(to)) {
            reader.problem("from", "must be before to");
        }
        if (!reader.problems().isEmpty()) {
            return Problem.invalid(reader.problems());
        }
        try {
            return Response.ok(json(history.read(new HistoryRange(from, to, step)), history.retention()));
        } catch (IllegalArgumentException e) {
            return Problem.invalid("step", String.valueOf(e.getMessage()));
        }
    }

    private static @Nullable Duration step(Request request, FieldReader reader) {
        String text = request.query("step").orElse(null);
        if (text == null) {
            return null;
        }
        int seconds = text.matches("[1-9][0-9]{1,4}") ? Integer.parseInt(text) : 0;
        if (seconds < SHORTEST || seconds > LONGEST || seconds % SHORTEST != 0) {
            reader.problem("step", "must be a multiple of 60 from 60 to 86400, in seconds");
            return null;
        }
        return Duration.ofSeconds(seconds);
    }

    private static ObjectNode json(History history, Duration retention) {
        ObjectNode json = JsonNodeFactory.instance.objectNode().put("from", Timestamps.micros(history.from()))
                .put("to", Timestamps.micros(history.to())).put("step", history.step().toSeconds())
                .put("retention_seconds", retention.toSeconds());
        ArrayNode points = json.putArray("points");
        history.points().forEach(point -> points.add(json(point)));
        return json;
    }

    private static ObjectNode json(HistoryPoint point) {
        ObjectNode json = JsonNodeFactory.instance.objectNode().put("from", Timestamps.micros(point.from()))
                .put("to", Timestamps.micros(point.to())).put("captured", point.counts().captured())
                .put("done", point.counts().done());
        point.counts().shed().forEach(json.putObject("shed")::put);
        json.put("dead", point.counts().dead()).put("lost", point.counts().lost());
        json.set("latency", point.latency().map(HistoryListing::json).orElse(null));
        json.put("backlog", thousandths(point.backlog()));
        json.set("processors", means("processor_id", point.processors()));
        json.set("capabilities", means("capability", point.capabilities()));
        return json;
    }

    private static ObjectNode json(Latency latency) {
        return JsonNodeFactory.instance.objectNode().put("p50_ms", millis(latency.p50()))
                .put("p95_ms", millis(latency.p95())).put("p99_ms", millis(latency.p99()));
    }

    private static ArrayNode means(String name, Map<String, Double> means) {
        ArrayNode list = JsonNodeFactory.instance.arrayNode();
        means.forEach((one, mean) -> list.addObject().put(name, one).put("utilization", thousandths(mean)));
        return list;
    }

    private static double millis(Duration time) {
        return thousandths(time.toNanos() / 1e6);
    }

    private static double thousandths(double value) {
        return Math.round(value * 1_000) / 1_000.0;
    }
}
