package framebuffer.app.query;

import framebuffer.app.help.Examples;
import framebuffer.app.query.ServiceClient.ServiceAnswer;
import framebuffer.app.terminal.ServiceOptions;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Deletes dead letters. */
@Command(name = "delete", header = "Deletes dead letters for good.", mixinStandardHelpOptions = true, description = {
        "Deletes dead letters for good; the ledger still counts their frames as dead.",
        "Exit code 1: there is no dead letter with one of these ids."})
@Examples("frame-buffer dead-letters delete 1764500000000-0")
final class DeleteDeadLetters implements Callable<Integer> {
    @Spec
    @SuppressWarnings("NullAway.Init") // Set by picocli before anything runs.
    private CommandSpec spec;

    @Parameters(paramLabel = "ID", arity = "1..*", description = "Ids of dead letters, as list shows them.")
    private List<String> ids = List.of();

    @Mixin
    private final ServiceOptions service = new ServiceOptions();

    @Override
    public Integer call() {
        int deleted = 0;
        ServiceClient client = new ServiceClient(service);
        for (String id : ids) {
            ServiceAnswer answer = client.find("DELETE",
                    "/frames/dead-letters/" + URLEncoder.encode(id, StandardCharsets.UTF_8));
            if (answer.granted()) {
                deleted++;
            } else {
                spec.commandLine().getErr().println(answer.detail());
            }
        }
        spec.commandLine().getOut().println(deleted + " deleted");
        spec.commandLine().getOut().flush();
        return deleted == ids.size() ? 0 : 1;
    }
}
