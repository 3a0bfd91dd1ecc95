package framebuffer.app.migrate;

import framebuffer.app.config.FlagOnly;
import framebuffer.app.help.Examples;
import framebuffer.app.terminal.CannotRun;
import framebuffer.migration.shadow.ShadowReport;
import framebuffer.wire.text.Printable;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Says what the shadow recorded. */
@Command(name = "report", header = "Says what this service would have done while it was a shadow.", mixinStandardHelpOptions = true, description = {
        "Compares the records in frames:shadow with what the older service has read, says what this service would have done for each camera and capability, and forecasts the load when it takes over. The text is Markdown.",
        "Exit code 0: it reports. 1: nothing is recorded. 2: it cannot; one line names the reason."})
@Examples({"frame-buffer migrate report", "frame-buffer migrate report --json --out shadow.json"})
final class ReportCommand implements Callable<Integer> {
    @Spec
    @SuppressWarnings("NullAway.Init") // Set by picocli before anything runs.
    private CommandSpec spec;

    @FlagOnly
    @Option(names = "--json", description = "Writes JSON instead of Markdown.")
    private boolean json;

    @Option(names = "--out", paramLabel = "FILE", description = "Writes to this file. Default: the terminal.")
    private @Nullable Path file;

    @Mixin
    private final MigrationTarget target = new MigrationTarget();

    @Override
    public Integer call() {
        ShadowReport report = target.on(redis -> ShadowReport.read(redis, target.streams()));
        String text = json ? Printable.json(report.json().toString()) + "\n" : report.markdown();
        PrintWriter out = spec.commandLine().getOut();
        if (file == null) {
            out.print(text);
        } else {
            write(file, text);
            out.println("The report is in " + file + ".");
        }
        out.flush();
        return report.isEmpty() ? 1 : 0;
    }

    private static void write(Path file, String text) {
        try {
            Files.writeString(file, text);
        } catch (IOException e) {
            throw new CannotRun("cannot write " + file + ": " + e.getMessage(), e);
        }
    }
}
