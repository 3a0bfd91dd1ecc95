package framebuffer.orchestrator.api.processors;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import framebuffer.orchestrator.api.http.Call;
import framebuffer.orchestrator.api.http.Problem;
import framebuffer.orchestrator.api.http.Problem.Kind;
import framebuffer.orchestrator.api.http.Reply;
import framebuffer.orchestrator.api.http.Route;
import framebuffer.orchestrator.registry.Outcome;
import framebuffer.orchestrator.registry.Processor;
import framebuffer.orchestrator.registry.RegistrationReader;
import framebuffer.orchestrator.registry.Roster;
import framebuffer.wire.Decoded;
import framebuffer.wire.FieldReader;
import framebuffer.wire.Json;
import framebuffer.wire.Partitioning;
import framebuffer.wire.processor.Heartbeat;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Processors come, are looked at, change, say that they live, and leave. */
public final class ProcessorsApi {
    private final Roster registry;
    private final Partitioning partitioning;

    public ProcessorsApi(Roster registry, Partitioning partitioning) {
        this.registry = registry;
        this.partitioning = partitioning;
    }

    /** With what its keys begin with in each partition in which it is to read, where there are partitions. */
    private ObjectNode shown(Processor processor) {
        ObjectNode json = ProcessorJson.of(processor);
        if (partitioning.tagged()) {
            ArrayNode prefixes = json.putArray("key_prefixes");
            IntStream.range(0, partitioning.count()).filter(processor.registration()::isIn)
                    .forEach(number -> prefixes.add(partitioning.keys(number).prefix()));
        }
        return json;
    }

    /** What it answers. */
    public List<Route> routes() {
        return List.of(Route.post("/processors/register", this::register),
                Route.post("/processors/heartbeat", call -> heartbeat(call, null)),
                Route.get("/processors", this::list), Route.get("/processors/search", this::list),
                Route.get("/processors/{id}", this::show), Route.put("/processors/{id}", this::update),
                Route.delete("/processors/{id}", this::unregister),
                Route.get("/processors/{id}/health", this::health), Route.post("/processors/{id}/drain", this::drain),
                Route.post("/processors/{id}/heartbeat", call -> heartbeat(call, call.path("id"))));
    }

    private Reply register(Call call) {
        return whenValid(RegistrationReader.decode(call.body()), registration -> reply(
                registry.register(registration, call.peer()),
                processor -> new Reply.Json(201, shown(processor),
                        Map.of("Location", call.link("/processors/" + registration.id())))));
    }

    private Reply list(Call call) {
        Optional<String> capability = call.query("capability");
        Optional<String> status = call.query("status");
        if (status.isPresent()
                && Arrays.stream(Heartbeat.Status.values()).noneMatch(s -> s.word().equals(status.get()))) {
            return Problem.invalid("status", "must be healthy, degraded or unhealthy");
        }
        ArrayNode list = JsonNodeFactory.instance.arrayNode();
        for (Processor processor : registry.read().all()) {
            if (processor.registration().canProcess(capability.orElse(""))
                    && processor.health().status().word().equals(status.orElse(processor.health().status().word()))) {
                list.add(shown(processor));
            }
        }
        return Reply.ok(list);
    }

    private Reply show(Call call) {
        return found(registry.read().processor(call.path("id")), call.path("id"));
    }

    private Reply health(Call call) {
        String id = call.path("id");
        return registry.read().processor(id).<Reply>map(found -> Reply.ok(ProcessorJson.health(found)))
                .orElseGet(() -> notFound(id));
    }

    private Reply drain(Call call) {
        String id = call.path("id");
        return registry.drain(id).<Reply>map(draining -> new Reply.Json(202, shown(draining), Map.of()))
                .orElseGet(() -> notFound(id));
    }

    private Reply update(Call call) {
        String id = call.path("id");
        return whenValid(RegistrationReader.decode(withId(call.body(), id)),
                registration -> registration.id().equals(id)
                        ? reply(registry.update(registration, call.peer()),
                                processor -> Reply.ok(shown(processor)))
                        : Problem.invalid("id", "differs from the one in the path"));
    }

    private Reply unregister(Call call) {
        String id = call.path("id");
        return registry.unregister(id).isPresent() ? new Reply.NoContent() : notFound(id);
    }

    private Reply heartbeat(Call call, @Nullable String id) {
        return whenValid(Heartbeat.decode(call.body(), id),
                heartbeat -> found(registry.heartbeat(heartbeat), heartbeat.processorId()));
    }

    /** The path has named the processor; the body need not do so again. */
    private static byte[] withId(byte[] body, String id) {
        ObjectNode object = Json.object(body);
        return object == null || object.hasNonNull("id") ? body : Json.bytes(object.put("id", id));
    }

    private static <T> Reply whenValid(Decoded<T> decoded, Function<T, Reply> then) {
        return switch (decoded) {
            case Decoded.Valid<T>(T value) -> then.apply(value);
            case Decoded.Invalid<T>(List<Decoded.Problem> problems) -> Problem.invalid(problems);
        };
    }

    private Reply found(Optional<Processor> processor, String id) {
        return processor.<Reply>map(found -> Reply.ok(shown(found))).orElseGet(() -> notFound(id));
    }

    private static Problem notFound(String id) {
        return new Problem(Kind.NOT_FOUND, "Processor " + FieldReader.shown(id) + " not found");
    }

    private static Reply reply(Outcome outcome, Function<Processor, Reply> accepted) {
        return switch (outcome) {
            case Outcome.Accepted(Processor processor) -> accepted.apply(processor);
            case Outcome.AlreadyRegistered(var id, var after) -> new Problem(Kind.ALREADY_REGISTERED,
                    "Processor " + id + " is already registered, and was heard of within the last " + after.toMillis()
                            + " ms");
            case Outcome.QueueTaken(var queue, var by) ->
                new Problem(Kind.QUEUE_TAKEN, "Queue " + queue + " belongs to processor " + by);
            case Outcome.QueueUnusable(var queue, var type) -> new Problem(Kind.QUEUE_UNUSABLE,
                    "Queue " + queue + " cannot be used: Redis holds a " + type + " under that name, not a stream");
            case Outcome.RegistryFull(var max) -> new Problem(Kind.REGISTRY_FULL,
                    max + " processors are registered, and no more are allowed (max-processors)");
            case Outcome.NoSuchPartition(var partition, var partitions) -> Problem.invalid("partition",
                    "is " + partition + ", and there are " + partitions + ", numbered from 0");
            case Outcome.NotRegistered(var id) -> notFound(id);
        };
    }
}
