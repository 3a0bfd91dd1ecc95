package framebuffer.migration.decommission;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import framebuffer.migration.steps.MigrationStatus;
import framebuffer.migration.steps.OlderService;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/**
 * What must be zero before the older service may be stopped.
 *
 * @param traffic its share of the frames, in percent
 * @param connections clients that are connected to it; empty: unknown
 * @param pending frames that it has read and not acknowledged
 * @param unread frames that it has not read
 */
public record DecommissionChecks(long traffic, OptionalLong connections, long pending, long unread) {
    /** Reads the figures. */
    public static DecommissionChecks of(MigrationStatus status, OptionalLong connections) {
        return new DecommissionChecks(status.switches().gate() ? 100 - status.switches().percent() : 100, connections,
                status.streams().olderNow().map(OlderService::pending).orElse(0L),
                status.streams().olderNow().map(OlderService::unread).orElse(0L));
    }

    /** Why it may not be stopped, a sentence for each reason; empty: it may. */
    public List<String> obstacles() {
        List<String> obstacles = new ArrayList<>();
        if (traffic > 0) {
            obstacles.add(traffic + " % of the frames go to the older service: frame-buffer migrate split 100");
        }
        if (connections.isEmpty()) {
            obstacles.add("it is unknown how many clients are connected to the older service, because it is not on this"
                    + " machine: look there, and repeat the command with --connections 0");
        } else if (connections.getAsLong() > 0) {
            obstacles.add(connections.getAsLong()
                    + " clients are connected to the older service: move them to this one, or stop them");
        }
        if (pending > 0) {
            obstacles.add(pending + " frames are pending at the older service: let it finish them");
        }
        if (unread > 0) {
            obstacles.add(unread + " frames wait unread for the older service: let it finish them");
        }
        return List.copyOf(obstacles);
    }

    /** As JSON. */
    public ObjectNode json() {
        ObjectNode json = JsonNodeFactory.instance.objectNode().put("traffic_to_old", traffic)
                .put("active_connections", connections.isPresent() ? connections.getAsLong() : null)
                .put("pending_frames", pending).put("unread_frames", unread);
        obstacles().forEach(json.putArray("obstacles")::add);
        return json;
    }
}
