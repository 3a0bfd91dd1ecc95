package framebuffer.app.query;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import framebuffer.app.config.FlagOnly;
import framebuffer.app.config.ValueRange;
import framebuffer.app.help.Examples;
import framebuffer.app.query.ServiceClient.ServiceAnswer;
import framebuffer.app.terminal.ServiceOptions;
import framebuffer.app.terminal.Table;
import framebuffer.wire.text.Printable;
import java.io.PrintWriter;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Asks a running service which processor would get a frame. */
@Command(name = "route", header = "Tells which processor would get a frame, and why.", mixinStandardHelpOptions = true, description = {
        "Asks a running service which processor would get a frame, and why.",
        "Exit code 1: no processor can take the frame."})
@Examples({"frame-buffer route --detect person_detection", "frame-buffer route --camera door --priority 8"})
public final class RouteCommand implements Callable<Integer> {
    @Spec
    @SuppressWarnings("NullAway.Init") // Set by picocli before anything runs.
    private CommandSpec spec;

    @FlagOnly
    @Option(names = "--detect", paramLabel = "NAME", split = ",", description = "Capabilities that the frame needs, separated by commas. Default: any processor.")
    private List<String> detect = List.of();

    @FlagOnly
    @Option(names = "--camera", paramLabel = "ID", defaultValue = "camera", description = "Camera of the frame. Default: ${DEFAULT-VALUE}.")
    private String camera = "";

    @FlagOnly
    @ValueRange(least = "0", most = "10")
    @Option(names = "--priority", paramLabel = "0-10", defaultValue = "0", description = "Priority of the frame; 10 is the most urgent. Default: ${DEFAULT-VALUE}.")
    private int priority;

    @FlagOnly
    @Option(names = "--send", description = "Sends such a frame, without pixels, instead of only explaining the choice.")
    private boolean send;

    @FlagOnly
    @Option(names = "--json", description = "Prints the service's response, unchanged.")
    private boolean json;

    @Mixin
    private final ServiceOptions service = new ServiceOptions();

    @Override
    public Integer call() {
        ServiceClient client = new ServiceClient(service);
        ServiceAnswer answer = client.post("/frames/route", request());
        PrintWriter out = spec.commandLine().getOut();
        if (json) {
            out.println(Printable.json(answer.text()));
        } else {
            show(answer, out);
        }
        out.flush();
        return answer.granted() ? 0 : 1;
    }

    private ObjectNode request() {
        ObjectNode request = JsonNodeFactory.instance.objectNode().put("dry_run", !send);
        ObjectNode frame = request.putObject("frame").put("frame_id", "route-" + UUID.randomUUID())
                .put("camera_id", camera).put("priority", priority);
        if (!detect.isEmpty()) {
            detect.forEach(frame.putObject("metadata").putArray("detection_types")::add);
        }
        return request;
    }

    private void show(ServiceAnswer answer, PrintWriter out) {
        JsonNode json = answer.json();
        if (!answer.granted()) {
            spec.commandLine().getErr().println(Printable.line(answer.detail()));
            candidates(json, out);
            return;
        }
        JsonNode choices = json.path("choices");
        if (choices.isEmpty()) {
            choice(json, json, out);
        }
        choices.forEach(choice -> choice(choice, json, out));
        if (send) {
            out.println("sent as " + json.path("capture_id").asText() + " of the capture stream");
        }
    }

    private static void choice(JsonNode choice, JsonNode answer, PrintWriter out) {
        String capability = choice.path("capability").asText("");
        out.println(
                Printable.line((capability.isEmpty() ? "" : capability + ": ") + choice.path("processor_id").asText()
                        + " would get the frame, by " + answer.path("strategy").asText()));
        candidates(choice, out);
    }

    private static void candidates(JsonNode choice, PrintWriter out) {
        JsonNode candidates = choice.path("candidates");
        if (!candidates.isEmpty()) {
            Table table = new Table("PROCESSOR", "UTILIZATION", "ELIGIBLE", "REASON");
            candidates.forEach(one -> table.row(one.path("processor_id").asText(), one.path("utilization").asText(),
                    one.path("eligible").asBoolean() ? "yes" : "no", one.path("reason").asText()));
            table.print(out);
        }
    }
}
