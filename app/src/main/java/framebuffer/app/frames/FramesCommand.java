package framebuffer.app.frames;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import framebuffer.app.config.FlagOnly;
import framebuffer.app.config.ValueRange;
import framebuffer.app.help.Essential;
import framebuffer.app.help.Examples;
import framebuffer.app.query.ServiceClient;
import framebuffer.app.terminal.ServiceOptions;
import framebuffer.app.terminal.Table;
import framebuffer.wire.text.Printable;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Lists the last frames of a running service. */
@Command(name = "frames", header = "Lists frames, and why some were shed.", mixinStandardHelpOptions = true, description = {
        "Lists the frames that were handed to a processor, were shed, or became dead letters, the newest first. The service knows "
                + "those of the last journey-retention (10 minutes). A frame that needs two capabilities has two rows.",
        "frame-buffer trace FRAME_ID shows every decision about one frame."})
@Examples({"frame-buffer frames --camera yard --state shed", "frame-buffer frames --processor people-1 --limit 20"})
public final class FramesCommand implements Callable<Integer> {
    /** Most rows of one response. */
    private static final int PAGE = 1_000;

    @Spec
    @SuppressWarnings("NullAway.Init") // Set by picocli before anything runs.
    private CommandSpec spec;

    @FlagOnly
    @Essential
    @Option(names = "--camera", paramLabel = "ID", description = "Only frames of this camera.")
    private @Nullable String camera;

    @FlagOnly
    @Essential
    @Option(names = "--capability", paramLabel = "NAME", description = "Only frames for this capability.")
    private @Nullable String capability;

    @FlagOnly
    @Essential
    @Option(names = "--state", paramLabel = "STATE", description = "Only frames in this state: waiting, queued, processing, done, shed or dead.")
    private @Nullable String state;

    @FlagOnly
    @Essential
    @Option(names = "--reason", paramLabel = "WORD", description = "Only frames that were shed or became dead letters for this reason: expired, superseded, invalid, no_processor, max_attempts or rejected.")
    private @Nullable String reason;

    @FlagOnly
    @Essential
    @Option(names = "--processor", paramLabel = "ID", description = "Only frames whose last hand-off was to this processor.")
    private @Nullable String processor;

    @FlagOnly
    @Essential
    @Option(names = "--from", paramLabel = "TIME", description = "Only frames since this time: ISO 8601, without a zone UTC.")
    private @Nullable String from;

    @FlagOnly
    @Essential
    @Option(names = "--to", paramLabel = "TIME", description = "Only frames before this time.")
    private @Nullable String to;

    @FlagOnly
    @ValueRange(least = "1", most = "100000")
    @Essential
    @Option(names = "--limit", paramLabel = "N", defaultValue = "100", description = "Most rows to list. Default: ${DEFAULT-VALUE}.")
    private int limit;

    @FlagOnly
    @Essential
    @Option(names = "--json", description = "Prints the rows as the service sends them.")
    private boolean json;

    @Mixin
    private final ServiceOptions service = new ServiceOptions();

    @Override
    public Integer call() {
        PrintWriter out = spec.commandLine().getOut();
        ObjectNode found = find(new ServiceClient(service));
        if (json) {
            out.println(Printable.json(found.toString()));
        } else {
            show(found, out);
        }
        out.flush();
        return 0;
    }

    /** Asks until there are enough rows, or no more. */
    private ObjectNode find(ServiceClient client) {
        ArrayNode rows = JsonNodeFactory.instance.arrayNode();
        String cursor = "";
        JsonNode page;
        do {
            page = client.get("/frames?limit=" + Math.min(PAGE, limit - rows.size()) + filters()
                    + (cursor.isEmpty() ? "" : "&cursor=" + cursor)).json();
            page.path("frames").forEach(rows::add);
            cursor = page.path("next").asText("");
        } while (rows.size() < limit && page.path("next").isTextual());
        ObjectNode found = JsonNodeFactory.instance.objectNode();
        found.set("frames", rows);
        found.set("next", page.path("next"));
        return found.put("retention_seconds", page.path("retention_seconds").asLong());
    }

    private String filters() {
        return ServiceClient.parameter("camera", camera) + ServiceClient.parameter("capability", capability)
                + ServiceClient.parameter("state", state) + ServiceClient.parameter("reason", reason)
                + ServiceClient.parameter("processor", processor) + ServiceClient.parameter("from", from)
                + ServiceClient.parameter("to", to);
    }

    private static void show(JsonNode found, PrintWriter out) {
        if (found.path("frames").isEmpty()) {
            out.println("no such frames in the last " + found.path("retention_seconds").asText()
                    + " s, which is how long the service keeps its decisions");
            return;
        }
        Table table = new Table("TIME", "CAMERA", "FRAME", "CAPABILITY", "STATE", "PROCESSOR", "REASON", "DETAIL");
        for (JsonNode one : found.path("frames")) {
            table.row(one.path("at").asText(), one.path("camera_id").asText(), one.path("frame_id").asText(),
                    one.path("capability").asText(), one.path("state").asText(), one.path("processor_id").asText(""),
                    one.path("reason").asText(""), one.path("detail").asText(""));
        }
        table.print(out);
        if (found.path("next").isTextual()) {
            out.println();
            out.println("There are more; --limit sets how many are listed.");
        }
    }
}
