package framebuffer.orchestrator.observability.stats;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;

/**
 * The figures of the whole cluster in short.
 *
 * @param counts
 *            frames captured, and how they ended
 * @param ratePerSecond
 *            frames completed per second, see {@link FrameRates}
 * @param queues
 *            of the registered processors
 */
public record FrameStats(LedgerCounts counts, double ratePerSecond, List<QueueState> queues) {
    public FrameStats {
        queues = List.copyOf(queues);
    }

    /** As JSON, in the form of {@code GET /frames/stats}. */
    public ObjectNode json() {
        ObjectNode json = JsonNodeFactory.instance.objectNode().put("captured", counts.captured())
                .put("completed", counts.done())
                .put("shed", counts.shed().values().stream().mapToLong(Long::longValue).sum())
                .put("dead", counts.dead()).put("lost", counts.lost()).put("in_flight", counts.inFlight())
                .put("rate_per_second", Math.round(ratePerSecond * 1_000) / 1_000.0);
        ObjectNode byProcessor = json.putObject("queues");
        queues.forEach(queue -> byProcessor.putObject(queue.processor().id()).put("length", queue.waits().length())
                .put("pending", queue.waits().pending()));
        return json;
    }
}
