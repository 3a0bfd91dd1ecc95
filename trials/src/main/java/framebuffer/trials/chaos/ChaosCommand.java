package framebuffer.trials.chaos;

import framebuffer.app.Subcommand;
import framebuffer.app.config.FlagOnly;
import framebuffer.app.config.ValueRange;
import framebuffer.app.help.Essential;
import framebuffer.app.help.Examples;
import framebuffer.app.terminal.CannotRun;
import framebuffer.app.terminal.Logging;
import framebuffer.app.terminal.ProgressLine;
import framebuffer.app.terminal.StopSignal;
import framebuffer.testkit.FakeClock;
import framebuffer.trials.chaos.faults.FaultKind;
import framebuffer.trials.chaos.faults.Participants;
import framebuffer.trials.chaos.faults.Participants.PythonProcessors;
import framebuffer.trials.chaos.faults.PythonScript;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Injects faults into a pipeline, and checks whether it kept its promises. */
@Command(name = "chaos", header = "Kills and suspends parts, and checks every promise.", mixinStandardHelpOptions = true, subcommands = ProcessorCommand.class, synopsisSubcommandLabel = "", description = {
        "Starts Redis, instances and processors as separate processes, and sends frames. Meanwhile it kills, suspends, slows "
                + "and disconnects them as the seed decides. Then it checks for each frame that the replies to its producer were true, "
                + "that it was handed off once, and that it ended as promised.",
        "Exit code 0: all promises were kept. 1: a promise was broken. 2: chaos could not start, or was stopped."})
@Examples({"frame-buffer chaos --duration 30s", "frame-buffer chaos --faults kill-instance,suspend-redis --seed 7"})
public final class ChaosCommand implements Callable<Integer>, Subcommand {
    private static final String NONE = "none";
    /** Time to stop all processes after a stop request; one second is not enough on a busy machine. */
    private static final Duration STOP_WITHIN = Duration.ofSeconds(5);

    @Spec
    @SuppressWarnings("NullAway.Init") // Set by picocli before anything runs.
    private CommandSpec spec;

    @Essential
    @FlagOnly
    @ValueRange(least = "5s", most = "24h")
    @Option(names = "--duration", paramLabel = "TIME", defaultValue = "2m", description = "Length of the run. Default: ${DEFAULT-VALUE}.")
    private Duration duration = Duration.ofMinutes(2);

    @Essential
    @FlagOnly
    @Option(names = "--seed", paramLabel = "N", description = "Seed that decides the faults. Default: a new one each time, which is printed.")
    private @Nullable Long seed;

    @Essential
    @FlagOnly
    @ValueRange(least = "1", most = "20000")
    @Option(names = "--fps", paramLabel = "N", defaultValue = "1200", description = "Frames per second. Default: ${DEFAULT-VALUE}.")
    private double fps;

    @Essential
    @FlagOnly
    @ValueRange(least = "1", most = "9")
    @Option(names = "--instances", paramLabel = "N", defaultValue = "3", description = "Number of instances. Default: ${DEFAULT-VALUE}.")
    private int instances;

    @Essential
    @FlagOnly
    @ValueRange(least = "1", most = "40")
    @Option(names = "--processors", paramLabel = "N", defaultValue = "4", description = "Number of processors. Default: ${DEFAULT-VALUE}.")
    private int processors;

    @FlagOnly
    @ValueRange(least = "0", most = "40")
    @Option(names = "--foreign", paramLabel = "N", defaultValue = "1", description = "Number of foreign processors among them, which do not use our client: they answer with XADD, XACK and XDEL in one MULTI. On one Redis only. Default: ${DEFAULT-VALUE}.")
    private int foreign;

    @FlagOnly
    @ValueRange(least = "0", most = "40")
    @Option(names = "--python", paramLabel = "N", defaultValue = "0", description = "Number of processors among them that use the Python client. Default: ${DEFAULT-VALUE}.")
    private int python;

    @FlagOnly
    @Option(names = "--python-program", paramLabel = "PROGRAM", defaultValue = "clients/python/.venv/bin/python", description = "Python interpreter that can import the client. clients/python/test makes the default one: ${DEFAULT-VALUE}.")
    private String pythonProgram = "";

    @Essential
    @FlagOnly
    @ValueRange(least = "1", most = "64")
    @Option(names = "--partitions", paramLabel = "N", defaultValue = "1", description = "Number of partitions. More than one: runs on a Redis Cluster of 3 masters with a replica each, and kills and suspends masters. Counts losses by asynchronous replication separately. Default: ${DEFAULT-VALUE}.")
    private int partitions;

    @Essential
    @FlagOnly
    @ValueRange(least = "1", most = "1000")
    @Option(names = "--cameras", paramLabel = "N", defaultValue = "10", description = "Number of cameras. Default: ${DEFAULT-VALUE}.")
    private int cameras;

    @Essential
    @FlagOnly
    @Option(names = "--appendfsync", paramLabel = "always|everysec", defaultValue = "always", description = "When Redis writes to disk. With everysec, a killed Redis may lose its last second; chaos counts the lost frames. Default: ${DEFAULT-VALUE}.")
    private Chaos.Sync appendfsync = Chaos.Sync.ALWAYS;

    @Essential
    @FlagOnly
    @Option(names = "--faults", paramLabel = "KIND", split = ",", description = "Kinds of faults, separated by commas: kill-instance, suspend-redis, cut, …; none. Default: all.")
    private List<String> faults = List.of();

    @Essential
    @FlagOnly
    @Option(names = "--keep", description = "Keeps the folder with logs and data even if all promises were kept.")
    private boolean keep;

    @Essential
    @FlagOnly
    @Option(names = "--json", description = "Prints the summary as one JSON object, and no progress.")
    private boolean json;

    @Override
    public Integer call() throws InterruptedException, IOException {
        Logging.onlyErrors();
        Chaos chaos = new Chaos(seed == null ? new Random().nextInt(Integer.MAX_VALUE) : seed, duration,
                cast(), fps, cameras, appendfsync, kinds());
        ProgressLine progress = json ? ProgressLine.silent() : ProgressLine.on(System.err);
        Path folder = Files.createTempDirectory("frame-buffer-chaos");
        progress.show("Logs in " + folder + ". To repeat it: " + chaos.again());
        boolean passed = false;
        ChaosSummary summary;
        try (StopSignal stop = StopSignal.ofJob()) {
            stop.within(STOP_WITHIN);
            try (ChaosRun run = ChaosRun.start(chaos, folder, stop)) {
                run.suffer(stop, progress);
                summary = run.finish(stop, progress);
                passed = summary.verdict().passed();
            }
        }
        PrintWriter out = spec.commandLine().getOut();
        if (json) {
            out.println(summary.json());
        } else {
            summary.print(out);
        }
        out.flush();
        if (passed && !keep) {
            delete(folder);
        } else {
            spec.commandLine().getErr().println("The logs of all processes are in " + folder);
        }
        return passed ? 0 : 1;
    }

    private Participants cast() throws InterruptedException {
        if (python > processors) {
            throw new CannotRun("--python " + python + " are more than --processors " + processors);
        }
        String program = python > 0 ? PythonScript.usable(pythonProgram) : "";
        return new Participants(instances, processors, partitions, Math.min(foreign, processors - python),
                new PythonProcessors(python, program));
    }

    private Set<FaultKind> kinds() {
        if (faults.isEmpty()) {
            return Arrays.stream(FaultKind.values()).filter(kind -> unfit(kind) == null)
                    .collect(Collectors.toCollection(() -> EnumSet.noneOf(FaultKind.class)));
        }
        EnumSet<FaultKind> kinds = EnumSet.noneOf(FaultKind.class);
        for (String word : faults) {
            if (!word.equals(NONE)) {
                kinds.add(Arrays.stream(FaultKind.values()).filter(kind -> kind.word().equals(word)).findFirst()
                        .orElseThrow(() -> new CannotRun("no such fault: " + word + "; known are "
                                + Arrays.stream(FaultKind.values()).map(FaultKind::word)
                                        .collect(Collectors.joining(", ")))));
            }
        }
        for (FaultKind kind : kinds) {
            String why = unfit(kind);
            if (why != null) {
                throw new CannotRun(kind.word() + ' ' + why);
            }
        }
        return kinds;
    }

    /** Why this fault is impossible in this run; null: possible. */
    private @Nullable String unfit(FaultKind kind) {
        if (partitions > 1 && !kind.worksOnCluster()) {
            return "cannot be done on a cluster; leave it out, or --partitions";
        }
        if (kind != FaultKind.CLOCK_JUMP) {
            return null;
        }
        if (appendfsync == Chaos.Sync.EVERYSEC) {
            return "cannot be done with --appendfsync everysec: what Redis forgets is known by its clock";
        }
        return FakeClock.missing().map(missing -> "cannot be done here; on Debian and Ubuntu install " + missing)
                .orElse(null);
    }

    private static void delete(Path folder) throws IOException {
        List<Path> all;
        try (Stream<Path> files = Files.walk(folder)) {
            all = files.sorted(Comparator.reverseOrder()).toList();
        }
        for (Path file : all) {
            Files.delete(file);
        }
    }
}
