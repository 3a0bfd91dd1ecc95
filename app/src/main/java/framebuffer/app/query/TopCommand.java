package framebuffer.app.query;

import framebuffer.app.config.FlagOnly;
import framebuffer.app.config.ValueRange;
import framebuffer.app.help.Examples;
import framebuffer.app.terminal.ServiceOptions;
import framebuffer.app.terminal.StopSignal;
import framebuffer.wire.text.Printable;
import java.io.Console;
import java.io.PrintWriter;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Shows the overview of a service and updates it regularly. */
@Command(name = "top", header = "Shows the flow of frames at a glance, and updates it.", mixinStandardHelpOptions = true, description = {
        "Shows a running service at a glance: the flow of frames, the backlog, the load of each processor, the rate of each camera.",
        "On a terminal it runs until Ctrl-C, elsewhere it prints once. While Redis is unavailable, it shows the last known figures and their time. Exit code 2: no service answers at the start."})
@Examples({"frame-buffer top", "frame-buffer top --once"})
public final class TopCommand implements Callable<Integer> {
    private static final String ANOTHER_SCREEN = "\u001b[?1049h\u001b[?25l";
    private static final String FORMER_SCREEN = "\u001b[?25h\u001b[?1049l";
    private static final String FROM_THE_TOP = "\u001b[H";
    private static final String REST_OF_LINE = "\u001b[K";
    private static final String REST_OF_SCREEN = "\u001b[J";

    @Spec
    @SuppressWarnings("NullAway.Init") // Set by picocli before anything runs.
    private CommandSpec spec;

    @FlagOnly
    @ValueRange(least = "200ms", most = "1m")
    @Option(names = "--every", paramLabel = "TIME", defaultValue = "1s", description = "Interval between two updates. Default: ${DEFAULT-VALUE}.")
    private Duration every = Duration.ofSeconds(1);

    @FlagOnly
    @Option(names = "--once", description = "Prints once, even on a terminal.")
    private boolean once;

    @FlagOnly
    @Option(names = "--json", description = "Prints the service's response once, unchanged.")
    private boolean json;

    @Mixin
    private final ServiceOptions service = new ServiceOptions();

    @Override
    public Integer call() throws InterruptedException {
        PrintWriter out = spec.commandLine().getOut();
        ServiceClient client = new ServiceClient(service);
        try (StopSignal stop = new StopSignal()) {
            OverviewPoller poller = new OverviewPoller(client, InstantSource.system());
            poller.poll();
            boolean terminal = Optional.ofNullable(System.console()).filter(Console::isTerminal).isPresent();
            if (json) {
                out.println(Printable.json(poller.last().toPrettyString()));
            } else if (once || !terminal) {
                poller.shown(new OverviewScreen(service.url()), TerminalSize.UNBOUNDED).forEach(out::println);
            } else {
                follow(poller, out, stop);
            }
            out.flush();
            return 0;
        }
    }

    private void follow(OverviewPoller poller, PrintWriter out, StopSignal stop) throws InterruptedException {
        OverviewScreen screen = new OverviewScreen(service.url());
        try {
            out.print(ANOTHER_SCREEN);
            do {
                poller.again();
                List<String> lines = poller.shown(screen, TerminalSize.ofTerminal());
                out.print(FROM_THE_TOP + String.join(REST_OF_LINE + "\r\n", lines) + REST_OF_LINE + REST_OF_SCREEN);
                out.flush();
            } while (!stop.await(every));
        } finally {
            out.print(FORMER_SCREEN);
            out.flush();
        }
    }
}
