package framebuffer.app;

import framebuffer.app.config.ConfigSources;
import framebuffer.app.config.Durations;
import framebuffer.app.config.Setting;
import framebuffer.app.config.UsageErrors;
import framebuffer.app.config.Version;
import framebuffer.app.demo.CameraCommand;
import framebuffer.app.demo.DemoCommand;
import framebuffer.app.demo.DetectorCommand;
import framebuffer.app.query.ConfigCommand;
import framebuffer.app.query.DeadLettersCommand;
import framebuffer.app.query.LedgerCommand;
import framebuffer.app.query.PartitionsCommand;
import framebuffer.app.query.ProcessorsCommand;
import framebuffer.app.query.RouteCommand;
import framebuffer.app.query.TopCommand;
import framebuffer.app.query.TraceCommand;
import framebuffer.app.serve.ServeCommand;
import framebuffer.app.terminal.CannotRun;
import framebuffer.app.terminal.LogOptions;
import framebuffer.app.terminal.StopSignal;
import framebuffer.orchestrator.pipeline.routing.RoutingStrategy;
import framebuffer.redis.RedisAddress;
import framebuffer.wire.Secret;
import framebuffer.wire.SecretAddress;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.ServiceLoader;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.RunLast;
import picocli.CommandLine.Spec;

/** The {@code frame-buffer} command. Exit codes: 0 success, 1 the command found a fault, 2 the command could not run. */
@Command(name = "frame-buffer", mixinStandardHelpOptions = true, versionProvider = Version.class, subcommands = {
        DemoCommand.class, ServeCommand.class, CameraCommand.class, DetectorCommand.class, ProcessorsCommand.class,
        PartitionsCommand.class,
        RouteCommand.class, TraceCommand.class, TopCommand.class, DeadLettersCommand.class,
        LedgerCommand.class}, description = {
                "Sends every camera frame to the right detector and loses none.",
                ""}, synopsisSubcommandLabel = "COMMAND", footer = {"",
                        "Start with: frame-buffer demo --duration 30s",
                        "You can set every option of serve, camera, detector and demo also as an",
                        "environment variable (FRAME_BUFFER_REDIS_URL), or in a file (redis-url: …).",
                        "To see all options, and the source of each value: frame-buffer config"})
public final class Main implements Runnable {
    @Spec
    @SuppressWarnings("NullAway.Init") // Set by picocli before anything runs.
    private CommandSpec spec;

    private Main() {
    }

    public static void main(String[] arguments) {
        // The user's language must not change what is parsed: in Turkish, "info" in upper case is not "INFO".
        Locale.setDefault(Locale.ROOT);
        StopSignal.exit(commandLine(System.getenv()).execute(arguments));
    }

    /** The command line, ready to be executed in this environment. */
    public static CommandLine commandLine(Map<String, String> environment) {
        CommandLine commands = new CommandLine(new Main());
        ServiceLoader.load(Subcommand.class).forEach(commands::addSubcommand);
        ConfigCommand.addTo(commands);
        commands.addSubcommand(new CommandLine.HelpCommand());
        ConfigSources.addTo(commands, environment);
        commands.registerConverter(Duration.class, Durations::parse);
        commands.registerConverter(RedisAddress.class, RedisAddress::parse);
        commands.registerConverter(Secret.class, Secret::new);
        commands.registerConverter(SecretAddress.class, SecretAddress::new);
        commands.registerConverter(RoutingStrategy.class, RoutingStrategy::named);
        commands.setCaseInsensitiveEnumValuesAllowed(true);
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

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "No command given. Try: frame-buffer demo");
    }
}
