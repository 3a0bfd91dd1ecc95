package framebuffer.app;

import framebuffer.app.bench.BenchCommand;
import framebuffer.app.demo.DemoCommand;
import framebuffer.app.serve.ServeCommand;
import framebuffer.app.settings.Durations;
import framebuffer.app.settings.EnvironmentDefaults;
import framebuffer.app.settings.Nearest;
import framebuffer.app.settings.UntilStopped;
import framebuffer.app.settings.Unusable;
import framebuffer.app.settings.Version;
import framebuffer.app.video.CameraCommand;
import framebuffer.app.video.DetectorCommand;
import java.util.List;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.UnmatchedArgumentException;

/** The {@code frame-buffer} command. Exit codes: 0 all is well, 1 it ran and found fault, 2 it could not do what was asked. */
@Command(name = "frame-buffer", mixinStandardHelpOptions = true, versionProvider = Version.class, subcommands = {
        DemoCommand.class, ServeCommand.class, CameraCommand.class, DetectorCommand.class, BenchCommand.class,
        CommandLine.HelpCommand.class}, description = {
                "Hands every camera frame to the right detector, and loses none.",
                ""}, synopsisSubcommandLabel = "COMMAND", footer = {"",
                        "Begin with: frame-buffer demo --duration 30s",
                        "Every option may also be given as an environment variable: --redis-url is REDIS_URL."})
public final class Main implements Runnable {
    @Spec
    @SuppressWarnings("NullAway.Init") // Set by picocli before anything runs.
    private CommandSpec spec;

    private Main() {
    }

    public static void main(String[] arguments) {
        UntilStopped.exit(commandLine().execute(arguments));
    }

    /** The command line, ready to be executed. */
    static CommandLine commandLine() {
        CommandLine commands = new CommandLine(new Main());
        commands.setDefaultValueProvider(new EnvironmentDefaults(System.getenv()));
        commands.registerConverter(java.time.Duration.class, Durations::parse);
        commands.setCaseInsensitiveEnumValuesAllowed(true);
        commands.setExecutionExceptionHandler((failure, where, _) -> {
            if (failure instanceof Unusable) {
                where.getErr().println(failure.getMessage());
                return CommandLine.ExitCode.USAGE;
            }
            throw failure;
        });
        commands.setParameterExceptionHandler(Main::explain);
        return commands;
    }

    /** One line that says what is wrong, and what was probably meant, instead of a page of help. */
    private static int explain(ParameterException wrong, String[] arguments) {
        CommandSpec command = wrong.getCommandLine().getCommandSpec();
        String hint = wrong instanceof UnmatchedArgumentException unknown
                ? unknown.getUnmatched().stream().findFirst().flatMap(typed -> Nearest.to(typed, words(command)))
                        .map(word -> "did you mean " + word + "?").orElse("see " + command.qualifiedName() + " --help")
                : "see " + command.qualifiedName() + " --help";
        wrong.getCommandLine().getErr().println(wrong.getMessage() + "; " + hint);
        return CommandLine.ExitCode.USAGE;
    }

    private static List<String> words(CommandSpec command) {
        return Stream.concat(command.optionsMap().keySet().stream(), command.subcommands().keySet().stream()).toList();
    }

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "Which command? Try: frame-buffer demo");
    }
}
