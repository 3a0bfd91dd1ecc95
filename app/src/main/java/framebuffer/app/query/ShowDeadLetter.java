package framebuffer.app.query;

import com.fasterxml.jackson.databind.JsonNode;
import framebuffer.app.config.FlagOnly;
import framebuffer.app.help.Examples;
import framebuffer.app.query.ServiceClient.ServiceAnswer;
import framebuffer.app.terminal.ServiceOptions;
import framebuffer.app.terminal.Table;
import framebuffer.wire.text.Printable;
import java.io.PrintWriter;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Shows one dead letter. */
@Command(name = "show", header = "Shows a dead letter with all fields of its frame.", mixinStandardHelpOptions = true, description = {
        "Shows a dead letter with all fields of its frame, and the earlier ends of the frame.",
        "Exit code 1: there is no such dead letter."})
@Examples("frame-buffer dead-letters show 1764500000000-0")
final class ShowDeadLetter implements Callable<Integer> {
    @Spec
    @SuppressWarnings("NullAway.Init") // Set by picocli before anything runs.
    private CommandSpec spec;

    @Parameters(paramLabel = "ID", description = "Id of a dead letter, as list shows it.")
    private String id = "";

    @FlagOnly
    @Option(names = "--json", description = "Prints the service's response, unchanged.")
    private boolean json;

    @Mixin
    private final ServiceOptions service = new ServiceOptions();

    @Override
    public Integer call() {
        PrintWriter out = spec.commandLine().getOut();
        ServiceClient client = new ServiceClient(service);
        ServiceAnswer answer = client.find("GET",
                "/frames/dead-letters/" + URLEncoder.encode(id, StandardCharsets.UTF_8));
        if (json) {
            out.println(Printable.json(answer.text()));
        } else if (answer.granted()) {
            show(answer.json(), out);
        } else {
            spec.commandLine().getErr().println(Printable.line(answer.detail()));
        }
        out.flush();
        return answer.granted() ? 0 : 1;
    }

    private static void show(JsonNode letter, PrintWriter out) {
        Table about = new Table("DEAD LETTER", letter.path("id").asText());
        for (String name : List.of("reason", "detail", "dead_at", "attempt", "source", "frame_id", "camera_id")) {
            about.row(name, letter.path(name).asText());
        }
        about.print(out);
        if (!letter.path("history").isEmpty()) {
            out.println();
            Table history = new Table("BEFORE", "REASON", "ATTEMPT", "DETAIL");
            letter.path("history").forEach(past -> history.row(past.path("dead_at").asText(),
                    past.path("reason").asText(), past.path("attempt").asText(), past.path("detail").asText()));
            history.print(out);
        }
        out.println();
        Table fields = new Table("FIELD", "BYTES", "VALUE");
        letter.path("fields").forEach(field -> fields.row(field.path("name").asText(), field.path("bytes").asText(),
                field.path("value").isNull() ? "(not shown)" : field.path("value").asText()));
        fields.print(out);
    }
}
