package framebuffer.orchestrator.api;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import framebuffer.orchestrator.api.http.Call;
import framebuffer.orchestrator.api.http.Page;
import framebuffer.orchestrator.api.http.Problem;
import framebuffer.orchestrator.api.http.Problem.Kind;
import framebuffer.orchestrator.api.http.Reply;
import framebuffer.orchestrator.api.http.Route;
import framebuffer.orchestrator.traffic.Cameras;
import framebuffer.wire.Decoded;
import framebuffer.wire.FieldReader;
import framebuffer.wire.control.CameraPolicy;
import java.util.List;
import java.util.Map;

/** The cameras, and which of their frames are worth sending. */
final class CamerasApi {
    private static final int LONGEST_ID = 256;

    private final Cameras cameras;

    CamerasApi(Cameras cameras) {
        this.cameras = cameras;
    }

    List<Route> routes() {
        return List.of(Route.get("/cameras", this::list), Route.delete("/cameras/{camera_id}", this::delete),
                Route.get("/cameras/{camera_id}/picture", this::picture),
                Route.put("/cameras/{camera_id}/policy", this::set),
                Route.delete("/cameras/{camera_id}/policy", this::unset));
    }

    private Reply list(Call call) {
        return switch (Page.of(call)) {
            case Decoded.Invalid<Page>(List<Decoded.Problem> problems) -> Problem.invalid(problems);
            case Decoded.Valid<Page>(Page page) -> {
                ArrayNode list = JsonNodeFactory.instance.arrayNode();
                page.of(cameras.list(), Cameras.Camera::id).forEach(camera -> list.add(camera.json()));
                yield Reply.ok(list);
            }
        };
    }

    private Reply delete(Call call) {
        String id = call.path("camera_id");
        return cameras.delete(id)
                ? new Reply.NoContent()
                : new Problem(Kind.NOT_FOUND, "Camera " + FieldReader.shown(id) + " not found");
    }

    private Reply picture(Call call) {
        String id = call.path("camera_id");
        return cameras.picture(id, call.query("capability").orElse(""))
                .<Reply>map(jpeg -> new Reply.Document("image/jpeg", out -> out.write(jpeg),
                        Map.of("Cache-Control", "no-store")))
                .orElseGet(() -> new Problem(Kind.NOT_FOUND, "No detector has shown a picture of camera "
                        + FieldReader.shown(id) + " for this capability within the last minute"));
    }

    private Reply set(Call call) {
        String id = call.path("camera_id");
        if (id.codePointCount(0, id.length()) > LONGEST_ID) {
            return Problem.invalid("camera_id", "must have 1 to " + LONGEST_ID + " characters");
        }
        return switch (CameraPolicy.decode(call.body())) {
            case Decoded.Valid<CameraPolicy>(CameraPolicy policy) -> cameras.set(id, policy)
                    .<Reply>map(camera -> Reply.ok(camera.json()))
                    .orElseGet(() -> new Problem(Kind.POLICIES_FULL,
                            "As many cameras have a policy of their own as may (camera-policies-max)"));
            case Decoded.Invalid<CameraPolicy>(List<Decoded.Problem> problems) -> Problem.invalid(problems);
        };
    }

    private Reply unset(Call call) {
        String id = call.path("camera_id");
        return cameras.unset(id)
                ? new Reply.NoContent()
                : new Problem(Kind.NOT_FOUND, "Policy of camera " + FieldReader.shown(id) + " not found");
    }
}
