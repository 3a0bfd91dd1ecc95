package framebuffer.orchestrator.api;

import framebuffer.orchestrator.api.http.Reply;
import framebuffer.orchestrator.api.http.Route;
import framebuffer.orchestrator.ledger.Ledger;
import java.util.List;
import java.util.function.Supplier;

/** What became of the frames. */
final class FramesApi {
    private final Supplier<Ledger> ledger;

    FramesApi(Supplier<Ledger> ledger) {
        this.ledger = ledger;
    }

    List<Route> routes() {
        return List.of(Route.get("/frames/ledger", _ -> Reply.ok(ledger.get().json())));
    }
}
