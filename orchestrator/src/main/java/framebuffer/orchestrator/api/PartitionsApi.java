package framebuffer.orchestrator.api;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import framebuffer.orchestrator.api.http.Response;
import framebuffer.orchestrator.api.http.Route;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The partitions, and who serves them. */
public final class PartitionsApi {
    private final Supplier<List<PartitionView>> partitions;

    /**
     * A partition.
     *
     * @param prefix
     *            what its keys begin with
     * @param instances
     *            that serve it, as far as this one knows
     * @param servedHere
     *            whether this instance does
     * @param window
     *            frames that wait in this instance's window
     * @param trouble
     *            why it cannot be served at present; null: it can
     */
    public record PartitionView(int number, String prefix, List<String> instances, boolean servedHere, int window,
            @Nullable String trouble) {
        public PartitionView {
            instances = List.copyOf(instances);
        }

        private ObjectNode json() {
            ObjectNode json = JsonNodeFactory.instance.objectNode().put("partition", number).put("key_prefix", prefix);
            instances.forEach(json.putArray("instances")::add);
            return json.put("served_here", servedHere).put("window_frames", window).put("trouble", trouble);
        }
    }

    PartitionsApi(Supplier<List<PartitionView>> partitions) {
        this.partitions = partitions;
    }

    List<Route> routes() {
        return List.of(Route.get("/partitions", _ -> Response.ok(json(partitions.get()))));
    }

    static ArrayNode json(List<PartitionView> partitions) {
        ArrayNode list = JsonNodeFactory.instance.arrayNode();
        partitions.forEach(one -> list.add(one.json()));
        return list;
    }
}
