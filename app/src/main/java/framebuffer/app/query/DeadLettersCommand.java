package framebuffer.app.query;

import com.fasterxml.jackson.databind.JsonNode;
import framebuffer.app.config.FlagOnly;
import framebuffer.app.config.ValueRange;
import framebuffer.app.help.Examples;
import framebuffer.app.query.ServiceClient.ServiceAnswer;
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

/** Lists, requeues and deletes the dead letters of a running service. */
@Command(name = "dead-letters", header = "Shows, requeues and deletes frames that failed for good.", mixinStandardHelpOptions = true, subcommands = {
        DeadLettersCommand.ListCommand.class,
        ShowDeadLetter.class, RequeueDeadLetters.class, DeleteDeadLetters.class}, description = {
                "Shows the dead letters of a running service; the subcommands requeue or delete them.",
                "Without a subcommand it does the same as list."})
@Examples({"frame-buffer dead-letters", "frame-buffer dead-letters requeue --all"})
public final class DeadLettersCommand implements Callable<Integer> {
    @Spec
    @SuppressWarnings("NullAway.Init") // Set by picocli before anything runs.
    private CommandSpec spec;

    @Mixin
    private final LetterSelection which = new LetterSelection();

    @Override
    public Integer call() {
        return which.list(spec.commandLine().getOut());
    }

    /** Does the same as the parent command. */
    @Command(name = "list", mixinStandardHelpOptions = true, description = "Lists dead letters, the newest first.")
    @Examples("frame-buffer dead-letters list --reason no_processor --limit 20")
    static final class ListCommand implements Callable<Integer> {
        @Spec
        @SuppressWarnings("NullAway.Init") // Set by picocli before anything runs.
        private CommandSpec spec;

        @Mixin
        private final LetterSelection which = new LetterSelection();

        @Override
        public Integer call() {
            return which.list(spec.commandLine().getOut());
        }
    }

    /** The filter and the output format of the list. */
    static final class LetterSelection {
        @FlagOnly
        @Option(names = "--reason", paramLabel = "WORD", description = "Only dead letters with this reason: invalid, no_processor, max_attempts or rejected.")
        private @Nullable String reason;

        @FlagOnly
        @Option(names = "--after", paramLabel = "ID", description = "Only dead letters older than this one: the next page.")
        private @Nullable String after;

        @FlagOnly
        @ValueRange(least = "1", most = "1000")
        @Option(names = "--limit", paramLabel = "N", defaultValue = "100", description = "Most dead letters to list. Default: ${DEFAULT-VALUE}.")
        private int limit;

        @FlagOnly
        @Option(names = "--json", description = "Prints the service's response, unchanged.")
        private boolean json;

        @Mixin
        private final ServiceOptions service = new ServiceOptions();

        int list(PrintWriter out) {
            ServiceClient client = new ServiceClient(service);
            ServiceAnswer answer = client
                    .get("/frames/dead-letters?limit=" + limit + ServiceClient.parameter("reason", reason)
                            + ServiceClient.parameter("after", after));
            if (json) {
                out.println(Printable.json(answer.text()));
            } else {
                show(answer.json(), out);
            }
            out.flush();
            return 0;
        }

        private void show(JsonNode letters, PrintWriter out) {
            if (letters.isEmpty()) {
                out.println("no dead letters");
                return;
            }
            Table table = new Table("ID", "DEAD AT", "REASON", "CAMERA", "FRAME", "ATTEMPT", "DETAIL");
            for (JsonNode one : letters) {
                table.row(one.path("id").asText(), one.path("dead_at").asText(), one.path("reason").asText(),
                        one.path("camera_id").asText(), one.path("frame_id").asText(), one.path("attempt").asText(),
                        one.path("detail").asText());
            }
            table.print(out);
            if (letters.size() == limit) {
                out.println();
                out.println("For the next page: --after " + letters.path(limit - 1).path("id").asText());
            }
        }
    }
}
