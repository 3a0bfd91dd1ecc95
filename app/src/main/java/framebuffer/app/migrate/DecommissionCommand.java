package framebuffer.app.migrate;

import framebuffer.app.config.FlagOnly;
import framebuffer.app.help.Examples;
import framebuffer.app.terminal.CannotRun;
import framebuffer.migration.decommission.Decommission;
import framebuffer.migration.decommission.Decommission.DecommissionPlan;
import framebuffer.migration.decommission.DecommissionChecks;
import framebuffer.migration.decommission.OpenConnections;
import framebuffer.migration.steps.MigrationStatus;
import framebuffer.redis.RedisConnection;
import framebuffer.wire.text.Printable;
import java.io.Console;
import java.io.PrintWriter;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Step 5: stops the older service. */
@Command(name = "decommission", header = "Step 5: stops the older service.", mixinStandardHelpOptions = true, description = {
        "Checks that the older service has nothing left: no share of the frames, no client, no frame pending or unread. Only then, and with --execute, writes what it removes to a file, removes the older service's stream, stops the service, and checks that it does not answer any more and this one does.",
        "Exit code 0: it is done, or nothing is in its way. 1: something is in its way; each reason has its figure. 2: an action failed; repeat the command."})
@Examples({"frame-buffer migrate decommission --old-url http://localhost:8002",
        "frame-buffer migrate decommission --old-url http://v1 --execute --docker v1"})
final class DecommissionCommand implements Callable<Integer> {
    @Spec
    @SuppressWarnings("NullAway.Init") // Set by picocli before anything runs.
    private CommandSpec spec;

    @FlagOnly
    @Option(names = "--old-url", paramLabel = "URL", required = true, description = "Address of the older service.")
    private URI oldUrl = URI.create("http://localhost:8002");

    @FlagOnly
    @Option(names = "--new-url", paramLabel = "URL", defaultValue = "http://localhost:8003", description = "Address of this service. Default: ${DEFAULT-VALUE}.")
    private URI newUrl = URI.create("http://localhost:8003");

    @FlagOnly
    @Option(names = "--connections", paramLabel = "N", description = "Clients that are connected to the older service, if it is on another machine. Default: counted on this machine.")
    private @Nullable Long connections;

    @FlagOnly
    @Option(names = "--check", description = "Only checks; the default.")
    private boolean check;

    @FlagOnly
    @Option(names = "--execute", description = "Stops the older service, if nothing is in its way.")
    private boolean execute;

    @FlagOnly
    @Option(names = "--dry-run", description = "Shows all actions of --execute, and does none.")
    private boolean dryRun;

    @FlagOnly
    @Option(names = "--yes", description = "Does not ask before --execute.")
    private boolean yes;

    @FlagOnly
    @Option(names = "--stop-command", paramLabel = "COMMAND", description = "Shell command that stops the older service.")
    private @Nullable String stopCommand;

    @FlagOnly
    @Option(names = "--docker", paramLabel = "NAME", description = "Container of the older service, stopped by docker stop.")
    private @Nullable String container;

    @FlagOnly
    @Option(names = "--systemd", paramLabel = "UNIT", description = "Unit of the older service, stopped and disabled by systemctl.")
    private @Nullable String unit;

    @FlagOnly
    @Option(names = "--archive", paramLabel = "FILE", defaultValue = "migration-archive.json", description = "File that keeps the steps, the figures and what is removed. Default: ${DEFAULT-VALUE}.")
    private Path archive = Path.of("migration-archive.json");

    @FlagOnly
    @Option(names = "--json", description = "Prints the figures as JSON.")
    private boolean json;

    @Mixin
    private final MigrationTarget target = new MigrationTarget();

    @Override
    public Integer call() {
        return target.on(this::decommission);
    }

    private int decommission(RedisConnection redis) {
        DecommissionChecks checks = DecommissionChecks.of(MigrationStatus.read(redis, target.streams()),
                connections == null ? OpenConnections.to(oldUrl) : OptionalLong.of(connections));
        PrintWriter out = spec.commandLine().getOut();
        if (json) {
            out.println(Printable.json(checks.json().toString()));
        } else {
            show(checks, out);
        }
        out.flush();
        if (!checks.obstacles().isEmpty() || check || !(execute || dryRun)) {
            return checks.obstacles().isEmpty() ? 0 : 1;
        }
        DecommissionPlan plan = new DecommissionPlan(oldUrl, newUrl, stop(), archive.toAbsolutePath());
        plan.actions(target.streams()).forEach(action -> out.println((dryRun ? "would " : "will ") + action));
        out.flush();
        if (dryRun) {
            return 0;
        }
        askFirst();
        new Decommission(redis, target.streams(), plan, line -> {
            out.println(Printable.line(line));
            out.flush();
        }).execute(checks);
        out.println(
                "The older service is stopped. Next: stop all instances of this service, and start them without --migration.");
        out.flush();
        return 0;
    }

    private static void show(DecommissionChecks checks, PrintWriter out) {
        out.println("share of the older service: " + checks.traffic() + " %");
        out.println("clients of the older service: "
                + (checks.connections().isPresent() ? checks.connections().getAsLong() : "unknown"));
        out.println("frames pending at the older service: " + checks.pending());
        out.println("frames unread by the older service: " + checks.unread());
        checks.obstacles().forEach(why -> out.println("not yet: " + why));
        if (checks.obstacles().isEmpty()) {
            out.println("Nothing is in the way of --execute.");
        }
    }

    private List<String> stop() {
        List<List<String>> given = Stream.of(
                stopCommand == null ? null : List.of("sh", "-c", stopCommand),
                container == null ? null : List.of("docker", "stop", container),
                unit == null ? null : List.of("systemctl", "disable", "--now", unit)).filter(Objects::nonNull)
                .toList();
        if (given.size() != 1) {
            throw new CannotRun("say how to stop the older service: one of --stop-command, --docker and --systemd");
        }
        return given.getFirst();
    }

    private void askFirst() {
        if (yes) {
            return;
        }
        String answer = Optional.ofNullable(System.console()).filter(Console::isTerminal)
                .map(console -> console.readLine("Stop the older service now? [y/N] ")).orElse("");
        if (!answer.strip().equalsIgnoreCase("y")) {
            throw new CannotRun("nothing is done; --yes answers the question");
        }
    }
}
