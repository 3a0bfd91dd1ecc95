package framebuffer.orchestrator.api;

import framebuffer.orchestrator.api.http.Reply;
import framebuffer.orchestrator.api.http.Route;
import framebuffer.orchestrator.control.Switchboard;
import java.util.List;

/** What an operator switches for the whole cluster. */
final class ControlApi {
    private final Switchboard switchboard;

    ControlApi(Switchboard switchboard) {
        this.switchboard = switchboard;
    }

    List<Route> routes() {
        return List.of(Route.get("/control/status", _ -> Reply.ok(switchboard.status().json())),
                Route.post("/control/pause", _ -> Reply.ok(switchboard.pause().json())),
                Route.post("/control/resume", _ -> Reply.ok(switchboard.resume().json())));
    }
}
