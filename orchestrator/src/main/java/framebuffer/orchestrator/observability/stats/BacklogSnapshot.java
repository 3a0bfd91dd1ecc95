package framebuffer.orchestrator.observability.stats;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import framebuffer.redis.frames.BacklogReader;
import java.util.List;

/**
 * What waits, where.
 *
 * @param capture
 *            in the capture stream
 * @param windowFrames
 *            in this instance's window
 * @param windowLimit
 *            how many may wait there
 * @param queues
 *            of the registered processors
 */
public record BacklogSnapshot(BacklogReader.CaptureBacklog capture, int windowFrames, int windowLimit,
        List<QueueState> queues) {
    public BacklogSnapshot {
        queues = List.copyOf(queues);
    }

    /** Those of several partitions together. */
    static BacklogSnapshot sum(List<BacklogSnapshot> each) {
        return each.size() == 1
                ? each.getFirst()
                : new BacklogSnapshot(
                        each.stream().map(BacklogSnapshot::capture).reduce(BacklogReader.CaptureBacklog::plus)
                                .orElseThrow(),
                        each.stream().mapToInt(BacklogSnapshot::windowFrames).sum(),
                        each.stream().mapToInt(BacklogSnapshot::windowLimit).sum(),
                        QueueState.sum(each.stream().flatMap(one -> one.queues().stream()).toList()));
    }

    /** As JSON, in the form of {@code GET /frames/backlogs}. */
    public ObjectNode json() {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.putObject("capture").put("length", capture.length()).put("pending", capture.pending())
                .put("backlog", capture.backlog()).put("oldest_age_seconds", capture.oldest().toMillis() / 1_000.0);
        json.putObject("window").put("frames", windowFrames).put("limit", windowLimit);
        ArrayNode list = json.putArray("processors");
        queues.forEach(queue -> list.addObject().put("processor_id", queue.processor().id())
                .put("length", queue.waits().length()).put("pending", queue.waits().pending())
                .put("outstanding", queue.outstanding()).put("capacity", queue.processor().capacity())
                .put("utilization", queue.utilization()));
        return json;
    }
}
