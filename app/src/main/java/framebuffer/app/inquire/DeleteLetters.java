package framebuffer.app.inquire;

import framebuffer.app.inquire.ServiceCalls.Answer;
import framebuffer.app.settings.ServiceOptions;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Removes dead letters. */
@Command(name = "delete", mixinStandardHelpOptions = true, description = {
        "Removes dead letters for good; in the ledger their frames stay dead.",
        "Exit code 1 when one of them is no dead letter (any more)."})
final class DeleteLetters implements Callable<Integer> {
    @Spec
    @SuppressWarnings("NullAway.Init") // Set by picocli before anything runs.
    private CommandSpec spec;

    @Parameters(paramLabel = "ID", arity = "1..*", description = "Their ids, as list shows them.")
    private List<String> ids = List.of();

    @Mixin
    private final ServiceOptions service = new ServiceOptions();

    @Override
    public Integer call() throws InterruptedException {
        int deleted = 0;
        try (ServiceCalls calls = new ServiceCalls(service)) {
            for (String id : ids) {
                Answer answer = calls.find("DELETE",
                        "/frames/dead-letters/" + URLEncoder.encode(id, StandardCharsets.UTF_8));
                if (answer.granted()) {
                    deleted++;
                } else {
                    spec.commandLine().getErr().println(answer.detail());
                }
            }
        }
        spec.commandLine().getOut().println(deleted + " removed");
        spec.commandLine().getOut().flush();
        return deleted == ids.size() ? 0 : 1;
    }
}
