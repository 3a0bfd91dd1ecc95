package framebuffer.app.query;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import framebuffer.app.config.FlagOnly;
import framebuffer.app.help.Examples;
import framebuffer.app.terminal.ProgressLine;
import framebuffer.app.terminal.ServiceOptions;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Requeues dead letters. */
@Command(name = "requeue", header = "Hands frames off again: by id, by reason, or all.", mixinStandardHelpOptions = true, description = {
        "Requeues dead letters, so that the service hands their frames off again: by id, by reason, or all.",
        "Exit code 1: there is no dead letter with one of these ids."})
@Examples({"frame-buffer dead-letters requeue --reason no_processor",
        "frame-buffer dead-letters requeue 1764500000000-0"})
final class RequeueDeadLetters implements Callable<Integer> {
    @Spec
    @SuppressWarnings("NullAway.Init") // Set by picocli before anything runs.
    private CommandSpec spec;

    @Parameters(paramLabel = "ID", arity = "0..*", description = "Ids of dead letters, as list shows them.")
    private List<String> ids = List.of();

    @FlagOnly
    @Option(names = "--reason", paramLabel = "WORD", description = "All dead letters with this reason: invalid, no_processor, max_attempts or rejected.")
    private @Nullable String reason;

    @FlagOnly
    @Option(names = "--all", description = "All dead letters.")
    private boolean all;

    @Mixin
    private final ServiceOptions service = new ServiceOptions();

    @Override
    public Integer call() {
        if ((ids.isEmpty() ? 0 : 1) + (reason == null ? 0 : 1) + (all ? 1 : 0) != 1) {
            throw new ParameterException(spec.commandLine(), "Name the dead letters: give ids, or --reason, or --all");
        }
        PrintWriter out = spec.commandLine().getOut();
        ObjectNode request = JsonNodeFactory.instance.objectNode();
        if (!ids.isEmpty()) {
            ids.forEach(request.putArray("ids")::add);
        } else if (reason != null) {
            request.put("reason", reason);
        } else {
            request.put("all", true);
        }
        JsonNode done = requeue(request);
        out.println(done.path("requeued").asLong() + " requeued");
        out.flush();
        done.path("missing").forEach(id -> spec.commandLine().getErr().println("Dead letter " + id.asText()
                + " not found"));
        return done.path("missing").isEmpty() ? 0 : 1;
    }

    /** Repeats the request until all dead letters from the beginning are requeued. */
    private JsonNode requeue(ObjectNode request) {
        ProgressLine progress = ProgressLine.on(System.err);
        long began = System.nanoTime();
        long requeued = 0;
        ServiceClient client = new ServiceClient(service);
        while (true) {
            JsonNode answer = client.post("/frames/dead-letters/requeue", request).json();
            requeued += answer.path("requeued").asLong();
            if (!answer.hasNonNull("next")) {
                return JsonNodeFactory.instance.objectNode().put("requeued", requeued).set("missing",
                        answer.path("missing"));
            }
            long sofar = requeued;
            progress.at(Duration.ofNanos(System.nanoTime() - began), () -> sofar + " requeued so far");
            request.set("after", answer.path("next"));
            request.set("up_to", answer.path("up_to"));
        }
    }
}
