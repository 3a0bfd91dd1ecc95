package framebuffer.migration.older;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import framebuffer.migration.older.StandIn.StandInCounts;
import framebuffer.migration.older.StandInBuffer.HandedOut;
import framebuffer.migration.web.WebAnswer;
import framebuffer.migration.web.WebRequest;
import framebuffer.migration.web.WebServer;
import framebuffer.wire.text.Json;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;

/** The HTTP of the older service. */
final class StandInApi implements WebServer.Resource {
    private static final int MOST = 100;

    private final StandInBuffer buffer;
    private final BooleanSupplier connected;
    private final AtomicLong enqueued = new AtomicLong();
    private final long since = System.nanoTime();

    /**
     * @param connected whether Redis answers
     */
    StandInApi(StandInBuffer buffer, BooleanSupplier connected) {
        this.buffer = buffer;
        this.connected = connected;
    }

    @Override
    public WebAnswer answer(WebRequest request) {
        return switch (request.line().path()) {
            case "/frames/dequeue" -> request.line().method().equals("GET") ? dequeue(request) : wrongMethod();
            case "/frames/enqueue" -> request.line().method().equals("POST") ? enqueue(request) : wrongMethod();
            case "/frames/status" -> request.line().method().equals("GET") ? status() : wrongMethod();
            case "/health" -> request.line().method().equals("GET") ? health() : wrongMethod();
            default -> WebAnswer.fault(404, "Not Found");
        };
    }

    private static WebAnswer wrongMethod() {
        return WebAnswer.fault(405, "Method Not Allowed");
    }

    private WebAnswer dequeue(WebRequest request) {
        Optional<String> count = request.parameter("count");
        if (count.isPresent() && !count.get().matches("-?\\d{1,9}")) {
            return WebAnswer.fault(422, "count is no number");
        }
        HandedOut out = buffer.handOut(Math.clamp(count.map(Integer::parseInt).orElse(1), 1, MOST));
        ObjectNode answer = JsonNodeFactory.instance.objectNode();
        answer.putArray("frames").addAll(out.frames());
        return WebAnswer.json(200, answer.put("count", out.frames().size()).put("remaining", out.remaining()));
    }

    private WebAnswer enqueue(WebRequest request) {
        ObjectNode frame = Json.object(request.body());
        if (frame == null) {
            return WebAnswer.fault(422, "the body is no JSON object");
        }
        if (!buffer.enqueue(frame)) {
            return WebAnswer.fault(503, "Buffer full");
        }
        return WebAnswer.json(200, JsonNodeFactory.instance.objectNode().put("status", "enqueued")
                .put("frame_id", frame.path("frame_id").asText("unknown"))
                .put("message_id", "0-" + enqueued.incrementAndGet()).put("queue_size", buffer.counts().waiting()));
    }

    private WebAnswer status() {
        StandInCounts counts = buffer.counts();
        ObjectNode answer = JsonNodeFactory.instance.objectNode().put("connected", connected.getAsBoolean())
                .put("consumer_running", true);
        answer.set("buffer", size(counts).put("usage_percent", 100.0 * counts.waiting() / buffer.capacity())
                .put("is_full", counts.waiting() >= buffer.capacity()));
        answer.set("counts", counts.json());
        return WebAnswer.json(200, answer);
    }

    private WebAnswer health() {
        boolean healthy = connected.getAsBoolean();
        ObjectNode answer = JsonNodeFactory.instance.objectNode().put("status", healthy ? "healthy" : "degraded")
                .put("version", "1.0.0").put("uptime_seconds", (System.nanoTime() - since) / 1e9);
        ObjectNode checks = answer.putObject("checks");
        checks.putObject("redis").put("healthy", healthy).put("connected", healthy);
        checks.set("buffer", size(buffer.counts()).put("healthy", true));
        return WebAnswer.json(200, answer);
    }

    private ObjectNode size(StandInCounts counts) {
        return JsonNodeFactory.instance.objectNode().put("size", counts.waiting()).put("max_size", buffer.capacity());
    }
}
