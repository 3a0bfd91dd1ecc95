package framebuffer.app.frames;

import com.fasterxml.jackson.databind.JsonNode;
import framebuffer.app.config.FlagOnly;
import framebuffer.app.config.ValueRange;
import framebuffer.app.help.Examples;
import framebuffer.app.query.ServiceClient;
import framebuffer.app.terminal.CannotRun;
import framebuffer.app.terminal.ServiceOptions;
import framebuffer.app.terminal.StopSignal;
import framebuffer.app.terminal.Table;
import framebuffer.wire.text.Printable;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Shows the results of processors. */
@Command(name = "results", header = "Shows what processors found.", mixinStandardHelpOptions = true, description = {
        "Shows the results of processors that a running service keeps, the newest first; with --follow the new ones too, until Ctrl-C.",
        "Exit code 0: there are such results. 1: there are none. 2: the service does not answer."})
@Examples({"frame-buffer results --camera door --label person", "frame-buffer results --follow --json"})
public final class ResultsCommand implements Callable<Integer> {
    private static final Duration LOOK = Duration.ofMillis(100);
    private static final int MOST_OF_PAGE = 1_000;

    @Spec
    @SuppressWarnings("NullAway.Init") // Set by picocli before anything runs.
    private CommandSpec spec;

    @FlagOnly
    @Option(names = "--camera", paramLabel = "ID", description = "Only results of this camera.")
    private @Nullable String camera;

    @FlagOnly
    @Option(names = "--capability", paramLabel = "NAME", description = "Only results of this capability.")
    private @Nullable String capability;

    @FlagOnly
    @Option(names = "--label", paramLabel = "NAME", description = "Only results with an object of this label.")
    private @Nullable String label;

    @FlagOnly
    @Option(names = "--min-score", paramLabel = "SCORE", description = "Only results with an object of at least this score.")
    private @Nullable String minScore;

    @FlagOnly
    @Option(names = "--from", paramLabel = "TIME", description = "Only results written at this time or later: 2026-11-23T12:00:00Z.")
    private @Nullable String from;

    @FlagOnly
    @Option(names = "--to", paramLabel = "TIME", description = "Only results written before this time.")
    private @Nullable String to;

    @FlagOnly
    @ValueRange(least = "1", most = "100000")
    @Option(names = "--limit", paramLabel = "N", defaultValue = "100", description = "Most results to show, apart from those that --follow shows. Default: ${DEFAULT-VALUE}.")
    private int limit;

    @FlagOnly
    @Option(names = "--follow", description = "Also shows results as they are written, the oldest first.")
    private boolean follow;

    @FlagOnly
    @Option(names = "--json", description = "Prints each result as one line of JSON.")
    private boolean json;

    @Mixin
    private final ServiceOptions service = new ServiceOptions();

    @Override
    public Integer call() throws InterruptedException {
        PrintWriter out = spec.commandLine().getOut();
        ServiceClient client = new ServiceClient(service);
        if (follow) {
            try (StopSignal stop = new StopSignal()) {
                return follow(client, out, stop) ? 0 : 1;
            }
        }
        List<JsonNode> found = newest(client);
        show(found, out);
        return found.isEmpty() ? 1 : 0;
    }

    /** The newest results, page by page: a page may be empty and not the last. */
    private List<JsonNode> newest(ServiceClient client) {
        List<JsonNode> found = new ArrayList<>();
        String cursor = null;
        do {
            JsonNode page = client.get(path(Math.min(MOST_OF_PAGE, limit - found.size()))
                    + ServiceClient.parameter("to", to) + ServiceClient.parameter("from", from)
                    + ServiceClient.parameter("cursor", cursor)).json();
            page.path("results").forEach(found::add);
            cursor = page.path("next").textValue();
        } while (cursor != null && found.size() < limit);
        return found;
    }

    /** Shows the newest results, then those that arrive; returns whether there were any. */
    private boolean follow(ServiceClient client, PrintWriter out, StopSignal stop) throws InterruptedException {
        if (to != null) {
            throw new CannotRun("--to and --follow exclude each other: what is followed has no end");
        }
        PrintWriter errors = spec.commandLine().getErr();
        // Listening begins first, so that nothing is left out between what is there and what comes.
        ResultFollower follower = new ResultFollower(client, "/results/events?" + filter(), why -> {
            errors.println(why);
            errors.flush();
        });
        List<JsonNode> shown = newest(client).reversed();
        shown.forEach(result -> out.println(line(result)));
        out.flush();
        AtomicBoolean any = new AtomicBoolean(!shown.isEmpty());
        Set<String> known = shown.stream().map(ResultsCommand::identity).collect(Collectors.toSet());
        CompletableFuture<Void> refused = follower.start(result -> {
            if (!known.contains(identity(result))) {
                out.println(line(result));
                out.flush();
                any.set(true);
            }
        });
        while (!stop.await(LOOK)) {
            if (refused.isCompletedExceptionally()
                    && refused.exceptionNow() instanceof RuntimeException why) {
                throw why;
            }
        }
        return any.get();
    }

    private static String identity(JsonNode result) {
        return result.path("id").asText() + ' ' + result.path("camera_id").asText() + ' '
                + result.path("frame_id").asText() + ' ' + result.path("capability").asText();
    }

    private String path(int most) {
        return "/results?order=newest&limit=" + most + filter();
    }

    private String filter() {
        return ServiceClient.parameter("camera", camera) + ServiceClient.parameter("capability", capability)
                + ServiceClient.parameter("label", label) + ServiceClient.parameter("min_score", minScore);
    }

    private void show(List<JsonNode> results, PrintWriter out) {
        if (json) {
            results.forEach(result -> out.println(Printable.json(String.valueOf(result))));
        } else if (results.isEmpty()) {
            out.println("no such results");
        } else {
            Table table = new Table("AT", "CAMERA", "CAPABILITY", "FOUND", "PROCESSOR", "FRAME");
            results.forEach(result -> table.row(cells(result).toArray()));
            table.print(out);
        }
        out.flush();
    }

    private String line(JsonNode result) {
        // Cells come from outside and must not move the cursor.
        return json
                ? Printable.json(result.toString())
                : cells(result).stream().map(cell -> cell.isEmpty() ? "-" : Printable.line(cell))
                        .collect(Collectors.joining("  "));
    }

    private static List<String> cells(JsonNode result) {
        return List.of(result.path("at").asText(), result.path("camera_id").asText(),
                result.path("capability").asText(), found(result), result.path("processor_id").asText(),
                result.path("frame_id").asText());
    }

    private static String found(JsonNode result) {
        if (result.path("status").asText().equals("error")) {
            return "(error)";
        }
        return result.path("objects").valueStream()
                .map(object -> object.path("label").asText() + (object.has("score")
                        ? String.format(Locale.ROOT, " %.2f", object.path("score").asDouble())
                        : ""))
                .collect(Collectors.joining(", "));
    }
}
