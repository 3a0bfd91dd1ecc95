package framebuffer.orchestrator.api;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import framebuffer.orchestrator.api.http.Problem;
import framebuffer.orchestrator.api.http.Problem.ProblemType;
import framebuffer.orchestrator.api.http.Request;
import framebuffer.orchestrator.api.http.Request.PageRequest;
import framebuffer.orchestrator.api.http.Resource;
import framebuffer.orchestrator.api.http.Response;
import framebuffer.orchestrator.api.http.Route;
import framebuffer.orchestrator.flowcontrol.CameraDirectory;
import framebuffer.wire.control.CameraPolicy;
import framebuffer.wire.text.Decoded;
import framebuffer.wire.text.FieldReader;
import java.util.List;
import java.util.Map;

/** Cameras: list and delete; their policies and pictures. */
public final class CamerasApi implements Resource {
    private static final int LONGEST_ID = 256;

    private final CameraDirectory cameras;

    public CamerasApi(CameraDirectory cameras) {
        this.cameras = cameras;
    }

    @Override
    public List<Route> routes() {
        return List.of(Route.get("/cameras", this::list), Route.delete("/cameras/{camera_id}", this::delete),
                Route.get("/cameras/{camera_id}/picture", this::picture),
                Route.put("/cameras/{camera_id}/policy", this::set),
                Route.delete("/cameras/{camera_id}/policy", this::unset));
    }

    private Response list(Request request) {
        return switch (PageRequest.of(request)) {
            case Decoded.Invalid<PageRequest>(List<Decoded.FieldProblem> problems) -> Problem.invalid(problems);
            case Decoded.Valid<PageRequest>(PageRequest page) -> {
                ArrayNode list = JsonNodeFactory.instance.arrayNode();
                page.of(cameras.list(), CameraDirectory.CameraState::id).forEach(camera -> list.add(camera.json()));
                yield Response.ok(list);
            }
        };
    }

    private Response delete(Request request) {
        String id = request.path("camera_id");
        return cameras.delete(id).<Response>map(Response::ok)
                .orElseGet(() -> new Problem(ProblemType.NOT_FOUND,
                        "Camera " + FieldReader.shown(id) + " not found"));
    }

    private Response picture(Request request) {
        String id = request.path("camera_id");
        return cameras.picture(id, request.query("capability").orElse(""))
                .<Response>map(jpeg -> new Response.DocumentContent("image/jpeg", out -> out.write(jpeg),
                        Map.of("Cache-Control", "no-store")))
                .orElseGet(() -> new Problem(ProblemType.NOT_FOUND, "No detector has provided a picture of camera "
                        + FieldReader.shown(id) + " for this capability within the last minute"));
    }

    private Response set(Request request) {
        String id = request.path("camera_id");
        if (id.codePointCount(0, id.length()) > LONGEST_ID) {
            return Problem.invalid("camera_id", "must have 1 to " + LONGEST_ID + " characters");
        }
        return switch (CameraPolicy.decode(request.body())) {
            case Decoded.Valid<CameraPolicy>(CameraPolicy policy) -> cameras.set(id, policy)
                    .<Response>map(camera -> Response.ok(camera.json()))
                    .orElseGet(() -> new Problem(ProblemType.POLICIES_FULL,
                            "The limit of camera policies is reached (camera-policies-max)"));
            case Decoded.Invalid<CameraPolicy>(List<Decoded.FieldProblem> problems) -> Problem.invalid(problems);
        };
    }

    private Response unset(Request request) {
        String id = request.path("camera_id");
        return cameras.unset(id)
                ? new Response.NoContent()
                : new Problem(ProblemType.NOT_FOUND, "Policy of camera " + FieldReader.shown(id) + " not found");
    }
}
