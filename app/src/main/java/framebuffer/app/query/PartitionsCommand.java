package framebuffer.app.query;

import com.fasterxml.jackson.databind.JsonNode;
import framebuffer.app.config.FlagOnly;
import framebuffer.app.help.Examples;
import framebuffer.app.query.ServiceClient.ServiceAnswer;
import framebuffer.app.terminal.ServiceOptions;
import framebuffer.app.terminal.Table;
import framebuffer.wire.text.Printable;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Shows the partitions, and which instances serve them. */
@Command(name = "partitions", header = "Shows the partitions, and which instances serve them.", mixinStandardHelpOptions = true, subcommands = ResizeCommand.class, description = {
        "Shows the partitions over which cameras are spread, and which instances serve them, as the queried instance sees it.",
        "Exit code 0: every partition is served. 1: one is not served, or is unreachable."})
@Examples("frame-buffer partitions")
public final class PartitionsCommand implements Callable<Integer> {
    @Spec
    @SuppressWarnings("NullAway.Init") // Set by picocli before anything runs.
    private CommandSpec spec;

    @FlagOnly
    @Option(names = "--json", description = "Prints the service's response, unchanged.")
    private boolean json;

    @Mixin
    private final ServiceOptions service = new ServiceOptions();

    @Override
    public Integer call() {
        PrintWriter out = spec.commandLine().getOut();
        ServiceClient client = new ServiceClient(service);
        ServiceAnswer answer = client.get("/partitions");
        if (json) {
            out.println(Printable.json(answer.text()));
        } else {
            show(answer.json(), out);
        }
        out.flush();
        return answer.json().valueStream().allMatch(PartitionsCommand::isServed) ? 0 : 1;
    }

    private static boolean isServed(JsonNode partition) {
        return partition.path("trouble").isNull() && !partition.path("instances").isEmpty();
    }

    private static void show(JsonNode partitions, PrintWriter out) {
        Table table = new Table("PARTITION", "SERVED BY", "WINDOW", "KEY PREFIX", "TROUBLE");
        for (JsonNode one : partitions) {
            String by = one.path("instances").valueStream().map(JsonNode::asText).collect(Collectors.joining(", "));
            table.row(one.path("partition").asText(), by.isEmpty() ? "no instance" : by,
                    one.path("window_frames").asText(),
                    one.path("key_prefix").asText(), one.path("trouble").isNull() ? "" : one.path("trouble").asText());
        }
        table.print(out);
    }
}
