package framebuffer.orchestrator.api;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import framebuffer.orchestrator.api.http.Problem;
import framebuffer.orchestrator.api.http.Problem.ProblemType;
import framebuffer.orchestrator.api.http.Request;
import framebuffer.orchestrator.api.http.Resource;
import framebuffer.orchestrator.api.http.Response;
import framebuffer.orchestrator.api.http.Route;
import framebuffer.orchestrator.api.http.Route.Access;
import framebuffer.orchestrator.processors.health.RegisteredProcessor;
import framebuffer.orchestrator.processors.registry.ClusterRegistry;
import framebuffer.orchestrator.processors.registry.RegistrationOutcome;
import framebuffer.orchestrator.processors.registry.RegistrationReader;
import framebuffer.wire.Partitioning;
import framebuffer.wire.SecretAddress;
import framebuffer.wire.control.Heartbeat;
import framebuffer.wire.control.Registration;
import framebuffer.wire.text.Decoded;
import framebuffer.wire.text.FieldReader;
import framebuffer.wire.text.Json;
import framebuffer.wire.text.Timestamps;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Processors: register, list, update, drain and unregister; their heartbeats and health. */
public final class ProcessorsApi implements Resource {
    private static final Set<String> NOT_FIGURES = Set.of("processor_id", "status");
    private static final List<String> ADDRESSES = List.of("endpoint", "health_endpoint");

    private final ClusterRegistry registry;
    private final Partitioning partitioning;

    public ProcessorsApi(ClusterRegistry registry, Partitioning partitioning) {
        this.registry = registry;
        this.partitioning = partitioning;
    }

    /** Includes, when there are several partitions, the key prefix of each partition in which the processor must read. */
    private ObjectNode shown(RegisteredProcessor processor) {
        ObjectNode json = json(processor);
        if (partitioning.tagged()) {
            ArrayNode prefixes = json.putArray("key_prefixes");
            IntStream.range(0, partitioning.count()).filter(processor.registration()::isIn)
                    .forEach(number -> prefixes.add(partitioning.keys(number).prefix()));
        }
        return json;
    }

    @Override
    public List<Route> routes() {
        return List.of(Route.post("/processors/register", this::register).by(Access.PROCESSOR),
                Route.post("/processors/heartbeat", request -> heartbeat(request, null)).by(Access.PROCESSOR),
                Route.get("/processors", this::list), Route.get("/processors/search", this::list),
                Route.get("/processors/{id}", this::show),
                Route.put("/processors/{id}", ofIts(this::update)).by(Access.PROCESSOR),
                Route.delete("/processors/{id}", ofIts(this::unregister)).by(Access.PROCESSOR),
                Route.get("/processors/{id}/health", this::health),
                Route.post("/processors/{id}/drain", ofIts(this::drain)).by(Access.PROCESSOR),
                Route.post("/processors/{id}/heartbeat", request -> heartbeat(request, request.path("id")))
                        .by(Access.PROCESSOR));
    }

    /** The endpoint, for callers that may change the processor of the path. */
    private static Route.Endpoint ofIts(Route.Endpoint endpoint) {
        return request -> request.caller().mayChange(request.path("id"))
                ? endpoint.answer(request)
                : forbidden(request, request.path("id"));
    }

    private static Problem forbidden(Request request, String id) {
        return new Problem(ProblemType.FORBIDDEN,
                "The token " + request.caller().name() + " may not change processor " + FieldReader.shown(id));
    }

    private Response register(Request request) {
        return whenValid(RegistrationReader.decode(request.body()), registration -> register(request, registration));
    }

    private Response register(Request request, Registration registration) {
        return !request.caller().mayChange(registration.id())
                ? forbidden(request, registration.id())
                : reply(
                        registry.register(registration, request.peer()),
                        processor -> new Response.JsonContent(201, shown(processor),
                                Map.of("Location", request.link("/processors/" + registration.id()))));
    }

    private Response list(Request request) {
        Optional<String> capability = request.query("capability");
        Optional<String> status = request.query("status");
        if (status.isPresent()
                && Arrays.stream(Heartbeat.HealthStatus.values()).noneMatch(s -> s.word().equals(status.get()))) {
            return Problem.invalid("status", "must be healthy, degraded or unhealthy");
        }
        ArrayNode list = JsonNodeFactory.instance.arrayNode();
        for (RegisteredProcessor processor : registry.read().all()) {
            if (processor.registration().canProcess(capability.orElse(""))
                    && processor.health().status().word().equals(status.orElse(processor.health().status().word()))) {
                list.add(shown(processor));
            }
        }
        return Response.ok(list);
    }

    private Response show(Request request) {
        return found(registry.read().processor(request.path("id")), request.path("id"));
    }

    private Response health(Request request) {
        String id = request.path("id");
        return registry.read().processor(id).<Response>map(found -> Response.ok(healthJson(found)))
                .orElseGet(() -> notFound(id));
    }

    private Response drain(Request request) {
        String id = request.path("id");
        return registry.drain(id).<Response>map(draining -> new Response.JsonContent(202, shown(draining), Map.of()))
                .orElseGet(() -> notFound(id));
    }

    private Response update(Request request) {
        String id = request.path("id");
        return whenValid(RegistrationReader.decode(withId(request.body(), id)),
                registration -> registration.id().equals(id)
                        ? reply(registry.update(registration, request.peer()),
                                processor -> Response.ok(shown(processor)))
                        : Problem.invalid("id", "differs from the one in the path"));
    }

    private Response unregister(Request request) {
        String id = request.path("id");
        return registry.unregister(id).isPresent() ? new Response.NoContent() : notFound(id);
    }

    private Response heartbeat(Request request, @Nullable String id) {
        return whenValid(Heartbeat.decode(request.body(), id),
                heartbeat -> request.caller().mayChange(heartbeat.processorId())
                        ? found(registry.heartbeat(heartbeat), heartbeat.processorId())
                        : forbidden(request, heartbeat.processorId()));
    }

    /** Adds the id of the path, which the body may omit. */
    private static byte[] withId(byte[] body, String id) {
        ObjectNode object = Json.object(body);
        return object == null || object.hasNonNull("id") ? body : Json.bytes(object.put("id", id));
    }

    private static <T> Response whenValid(Decoded<T> decoded, Function<T, Response> then) {
        return switch (decoded) {
            case Decoded.Valid<T>(T value) -> then.apply(value);
            case Decoded.Invalid<T>(List<Decoded.FieldProblem> problems) -> Problem.invalid(problems);
        };
    }

    private Response found(Optional<RegisteredProcessor> processor, String id) {
        return processor.<Response>map(found -> Response.ok(shown(found))).orElseGet(() -> notFound(id));
    }

    private static Problem notFound(String id) {
        return new Problem(ProblemType.NOT_FOUND, "Processor " + FieldReader.shown(id) + " not found");
    }

    private static Response reply(RegistrationOutcome outcome, Function<RegisteredProcessor, Response> accepted) {
        return switch (outcome) {
            case RegistrationOutcome.Accepted(RegisteredProcessor processor) -> accepted.apply(processor);
            case RegistrationOutcome.AlreadyRegistered(var id, var after) -> new Problem(ProblemType.ALREADY_REGISTERED,
                    "Processor " + id + " is already registered, and gave a sign of life within the last "
                            + after.toMillis()
                            + " ms");
            case RegistrationOutcome.QueueTaken(var queue, var by) ->
                new Problem(ProblemType.QUEUE_TAKEN, "Queue " + queue + " belongs to processor " + by);
            case RegistrationOutcome.QueueUnusable(var queue, var type) -> new Problem(ProblemType.QUEUE_UNUSABLE,
                    "Queue " + queue + " cannot be used: Redis holds a " + type + " under that name, not a stream");
            case RegistrationOutcome.RegistryFull(var max) -> new Problem(ProblemType.REGISTRY_FULL,
                    max + " processors are registered, and no more are allowed (max-processors)");
            case RegistrationOutcome.NoSuchPartition(var partition, var partitions) -> Problem.invalid("partition",
                    "is " + partition + ", but the partitions are numbered from 0 to " + (partitions - 1));
            case RegistrationOutcome.NotRegistered(var id) -> notFound(id);
        };
    }

    /** The health of a processor, without its registration. */
    private static ObjectNode healthJson(RegisteredProcessor processor) {
        ObjectNode json = JsonNodeFactory.instance.objectNode().put("processor_id", processor.registration().id())
                .put("status", processor.health().status().word()).put("status_reason", processor.health().reason())
                .put("circuit", processor.circuit().word()).put("draining", processor.draining())
                .put("last_seen", Timestamps.micros(processor.lastSeen()))
                .put("lease_ends", Timestamps.micros(processor.leaseEnds()));
        if (processor.registration().healthEndpoint() != null) {
            json.put("health_poll", processor.evidence().poll().kind().words());
        }
        Heartbeat heartbeat = processor.heartbeat();
        if (heartbeat != null) {
            json.setAll(heartbeat.json().remove(NOT_FIGURES));
        }
        return json;
    }

    /** Registration, last heartbeat and health, without secrets, in the form of {@code GET /processors}. */
    static ObjectNode json(RegisteredProcessor processor) {
        ObjectNode json = processor.registration().json();
        for (String address : ADDRESSES) {
            String given = json.path(address).asText();
            if (given.contains("://")) {
                json.put(address, new SecretAddress(given).withPath());
            }
        }
        Heartbeat heartbeat = processor.heartbeat();
        if (heartbeat != null) {
            json.setAll(heartbeat.json().remove(NOT_FIGURES));
        }
        return json.put("status", processor.health().status().word()).put("status_reason", processor.health().reason())
                .put("circuit", processor.circuit().word()).put("draining", processor.draining())
                .put("last_seen", Timestamps.micros(processor.lastSeen()))
                .put("registered_at", Timestamps.micros(processor.registeredAt()));
    }
}
