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
import java.util.StringJoiner;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Shows the processors that are registered with a running service. */
@Command(name = "processors", header = "Lists the registered processors.", mixinStandardHelpOptions = true, description = "Shows the processors that are registered with a running service.")
@Examples({"frame-buffer processors", "frame-buffer processors --status unhealthy --json"})
public final class ProcessorsCommand implements Callable<Integer> {
    @Spec
    @SuppressWarnings("NullAway.Init") // Set by picocli before anything runs.
    private CommandSpec spec;

    @FlagOnly
    @Option(names = "--capability", paramLabel = "NAME", description = "Only processors that offer this capability.")
    private @Nullable String capability;

    @FlagOnly
    @Option(names = "--status", paramLabel = "STATUS", description = "Only processors with this status: healthy, degraded or unhealthy.")
    private @Nullable String status;

    @FlagOnly
    @Option(names = "--json", description = "Prints the service's response, unchanged.")
    private boolean json;

    @Mixin
    private final ServiceOptions service = new ServiceOptions();

    @Override
    public Integer call() {
        PrintWriter out = spec.commandLine().getOut();
        ServiceClient client = new ServiceClient(service);
        ServiceAnswer answer = client.get("/processors" + filters());
        if (json) {
            out.println(Printable.json(answer.text()));
        } else {
            show(answer.json(), out);
        }
        out.flush();
        return 0;
    }

    private String filters() {
        StringJoiner filters = new StringJoiner("&", "?", "").setEmptyValue("");
        if (capability != null) {
            filters.add("capability=" + URLEncoder.encode(capability, StandardCharsets.UTF_8));
        }
        if (status != null) {
            filters.add("status=" + URLEncoder.encode(status, StandardCharsets.UTF_8));
        }
        return filters.toString();
    }

    private static void show(JsonNode processors, PrintWriter out) {
        if (processors.isEmpty()) {
            out.println("no such processors are registered");
            return;
        }
        Table table = new Table("ID", "STATUS", "CAPABILITIES", "CAPACITY", "USED", "QUEUE", "LAST SEEN", "REASON");
        for (JsonNode one : processors) {
            table.row(one.path("id").asText(), one.path("status").asText(),
                    one.path("capabilities").valueStream().map(JsonNode::asText).collect(Collectors.joining(", ")),
                    one.path("capacity").asText(), one.path("capacity_used").asText(), one.path("queue").asText(),
                    one.path("last_seen").asText(), one.path("status_reason").asText());
        }
        table.print(out);
    }
}
