package framebuffer.app;

import framebuffer.app.camera.CameraCommand;
import framebuffer.app.config.ConfigSources;
import framebuffer.app.config.Setting;
import framebuffer.app.config.UsageErrors;
import framebuffer.app.config.Version;
import framebuffer.app.demo.DemoCommand;
import framebuffer.app.detect.DetectorCommand;
import framebuffer.app.frames.FramesCommand;
import framebuffer.app.frames.ResultsCommand;
import framebuffer.app.frames.TraceCommand;
import framebuffer.app.help.CommandGroup;
import framebuffer.app.help.Examples;
import framebuffer.app.help.HelpPages;
import framebuffer.app.house.CheckCommand;
import framebuffer.app.house.RunCommand;
import framebuffer.app.house.ServeCommand;

import framebuffer.app.migrate.MigrateCommand;
import framebuffer.app.migrate.SplitProxyCommand;
import framebuffer.app.query.ConfigCommand;
import framebuffer.app.query.DeadLettersCommand;
import framebuffer.app.query.LedgerCommand;
import framebuffer.app.query.PartitionsCommand;
import framebuffer.app.query.ProcessorsCommand;
import framebuffer.app.query.RouteCommand;
import framebuffer.app.query.TopCommand;
import framebuffer.app.serve.AclCommand;
import framebuffer.app.serve.TokenCommand;
import framebuffer.app.terminal.CannotRun;
import framebuffer.app.terminal.LogOptions;
import framebuffer.app.terminal.StopSignal;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.RunLast;
import picocli.CommandLine.Spec;

/** The {@code frame-buffer} command. Exit codes: 0 success, 1 the command found a fault, 2 the command could not run. */
@Command(name = "frame-buffer", mixinStandardHelpOptions = true, versionProvider = Version.class, description = "Sends every camera frame to the right detector and loses none.", footer = {
        "Help for a command:    frame-buffer COMMAND --help",
        "Options may also be environment variables (FRAME_BUFFER_REDIS_URL) or lines of",
        "a file (redis-url: …); their values and sources:    frame-buffer config"})
@Examples({"frame-buffer demo --duration 30s", "frame-buffer run house.example.yaml"})
public final class Main implements Runnable {
    private static final List<CommandGroup> OWN = List.of(
            new CommandGroup("Run it", List.of(DemoCommand.class, RunCommand.class, CheckCommand.class,
                    ServeCommand.class, CameraCommand.class, DetectorCommand.class)),
            new CommandGroup("Ask it", List.of(TopCommand.class, ProcessorsCommand.class, RouteCommand.class,
                    FramesCommand.class, TraceCommand.class, ResultsCommand.class, LedgerCommand.class,
                    DeadLettersCommand.class,
                    PartitionsCommand.class,
                    AclCommand.class, ConfigCommand.class, TokenCommand.class)),
            new CommandGroup("Replace an older service", List.of(MigrateCommand.class, SplitProxyCommand.class)));

    private static final Set<String> ROOT_ONLY = Set.of("-h", "--help", "all", "-V", "--version");

    @Spec
    @SuppressWarnings("NullAway.Init") // Set by picocli before anything runs.
    private CommandSpec spec;

    private Main() {
    }

    public static void main(String[] arguments) {
        // The user's language must not change what is parsed: in Turkish, "info" in upper case is not "INFO".
        Locale.setDefault(Locale.ROOT);
        StopSignal.exit(commandLine(System.getenv(), List.of(arguments)).execute(arguments));
    }

    /** The command line with all commands, ready to be executed in this environment. */
    public static CommandLine commandLine(Map<String, String> environment) {
        return commandLine(environment, groups(), _ -> true);
    }

    /** The command line for these arguments. It has only the commands that they name, if that is sure: it starts faster. */
    public static CommandLine commandLine(Map<String, String> environment, List<String> arguments) {
        Set<String> own = OWN.stream().flatMap(group -> group.commands().stream()).map(CommandGroup::name)
                .collect(Collectors.toSet());
        boolean none = ROOT_ONLY.containsAll(arguments);
        return none || own.contains(arguments.getFirst())
                ? commandLine(environment, OWN, none ? _ -> false : ConfigCommand.with(arguments)::contains)
                : commandLine(environment);
    }

    private static CommandLine commandLine(Map<String, String> environment, List<CommandGroup> groups,
            Predicate<String> wanted) {
        CommandLine commands = new CommandLine(new Main());
        groups.stream().flatMap(group -> group.commands().stream())
                .filter(command -> command != ConfigCommand.class && wanted.test(CommandGroup.name(command)))
                .forEach(commands::addSubcommand);
        if (wanted.test(CommandGroup.name(ConfigCommand.class))) {
            ConfigCommand.addTo(commands);
        }
        HelpPages.addTo(commands, Main::groups);
        ConfigSources.addTo(commands, environment, () -> commandLine(environment));
        commands.setExecutionStrategy(Main::run);
        commands.setExecutionExceptionHandler((failure, where, _) -> {
            if (failure instanceof CannotRun) {
                where.getErr().println(UsageErrors.unusable(where, String.valueOf(failure.getMessage())));
                return CommandLine.ExitCode.USAGE;
            }
            throw failure;
        });
        commands.setParameterExceptionHandler(UsageErrors::explain);
        return commands;
    }

    /** All commands, also those of other modules. */
    private static List<CommandGroup> groups() {
        List<Class<?>> others = ServiceLoader.load(Subcommand.class).stream()
                .<Class<?>>map(ServiceLoader.Provider::type).toList();
        return others.isEmpty()
                ? OWN
                : Stream.concat(OWN.stream(), Stream.of(new CommandGroup("Try it", others))).toList();
    }

    private static int run(ParseResult parsed) {
        Integer help = CommandLine.executeHelpRequest(parsed);
        if (help != null) {
            return help;
        }
        CommandLine command = parsed.asCommandLineList().getLast();
        Setting.check(command);
        LogOptions.of(command.getCommandSpec())
                .ifPresent(log -> log.tellAtStart(Setting.fromUnprefixedVariables(command),
                        Setting.unknownVariables(command)));
        return new RunLast().execute(parsed);
    }

    /** Without a command it shows what there is, as {@code --help} does. */
    @Override
    public void run() {
        spec.commandLine().usage(spec.commandLine().getOut());
    }
}
