package framebuffer.orchestrator.api;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import framebuffer.orchestrator.api.http.Resource;
import framebuffer.orchestrator.api.http.Response;
import framebuffer.orchestrator.api.http.Route;
import framebuffer.orchestrator.flowcontrol.OperatorControl;
import framebuffer.wire.control.Backpressure;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The partitions of the cluster, and the operator's switch for all of them. */
public final class ClusterApi implements Resource {
    private final Supplier<List<PartitionView>> partitions;
    private final OperatorControl control;

    /**
     * A partition as this instance sees it.
     *
     * @param prefix of its keys
     * @param instances that serve it
     * @param servedHere whether this instance serves it
     * @param window frames in this instance's window
     * @param trouble why it cannot be served; null: it can
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

    public ClusterApi(Supplier<List<PartitionView>> partitions, OperatorControl control) {
        this.partitions = partitions;
        this.control = control;
    }

    @Override
    public List<Route> routes() {
        return List.of(Route.get("/partitions", _ -> Response.ok(partitions())),
                Route.get("/control/status", _ -> Response.ok(control().json())),
                Route.post("/control/pause", _ -> Response.ok(control.pause().json())),
                Route.post("/control/resume", _ -> Response.ok(control.resume().json())));
    }

    /** In the form of {@code GET /partitions}. */
    ArrayNode partitions() {
        ArrayNode list = JsonNodeFactory.instance.arrayNode();
        partitions.get().forEach(one -> list.add(one.json()));
        return list;
    }

    Backpressure control() {
        return control.status();
    }
}
