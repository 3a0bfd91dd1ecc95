package framebuffer.app.serve;

import framebuffer.app.help.Examples;
import framebuffer.app.terminal.CannotRun;
import framebuffer.orchestrator.api.access.ApiTokens;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The {@code token} command. */
@Command(name = "token", mixinStandardHelpOptions = true, header = "Makes a token for a client of the REST API.", footer = {
        "The token goes to standard error and is shown only now; the line for the file",
        "of --api-tokens-file, which holds its hash, goes to standard output."})
@Examples("frame-buffer token --name grafana --role read")
public final class TokenCommand implements Callable<Integer> {
    @Option(names = "--name", required = true, paramLabel = "NAME", description = "Name of the client in the log: 1 to 64 characters without spaces.")
    private String name = "";

    @Option(names = "--role", required = true, paramLabel = "ROLE", description = "read: sees everything; processor:ID: also registers, drains and removes this processor; admin: everything.")
    private String role = "";

    @Spec
    @SuppressWarnings("NullAway.Init") // Set by picocli before anything runs.
    private CommandSpec spec;

    @Override
    public Integer call() {
        String secret = ApiTokens.random();
        String line;
        try {
            line = ApiTokens.line(name, role, secret);
        } catch (IllegalArgumentException e) {
            throw new CannotRun(String.valueOf(e.getMessage()), e);
        }
        spec.commandLine().getErr().println("token: " + secret);
        spec.commandLine().getErr().flush();
        spec.commandLine().getOut().println(line);
        spec.commandLine().getOut().flush();
        return ExitCode.OK;
    }
}
