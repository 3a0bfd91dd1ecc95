package framebuffer.orchestrator.api;

import framebuffer.orchestrator.api.http.Response;
import framebuffer.orchestrator.api.http.Route;
import framebuffer.orchestrator.flowcontrol.OperatorControl;
import java.util.List;

/** What an operator switches for the whole cluster. */
final class ControlApi {
    private final OperatorControl operatorControl;

    ControlApi(OperatorControl operatorControl) {
        this.operatorControl = operatorControl;
    }

    List<Route> routes() {
        return List.of(Route.get("/control/status", _ -> Response.ok(operatorControl.status().json())),
                Route.post("/control/pause", _ -> Response.ok(operatorControl.pause().json())),
                Route.post("/control/resume", _ -> Response.ok(operatorControl.resume().json())));
    }
}
