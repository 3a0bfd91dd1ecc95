package framebuffer.app.serve;

import framebuffer.app.config.ValueRange;
import framebuffer.app.help.OptionGroup;
import framebuffer.orchestrator.Orchestrator;
import framebuffer.orchestrator.pipeline.JournalWriter;
import java.time.Duration;
import picocli.CommandLine.Option;

/** How long the service keeps its decisions about frames, and the history of its figures. */
@OptionGroup("Journeys and history")
final class JourneyOptions {
    @ValueRange(least = "0s", most = "24h")
    @Option(names = "--journey-retention", paramLabel = "TIME", defaultValue = "10m", description = "How long Redis keeps the decisions about each frame, for GET /frames/FRAME_ID; 0s: the service records none. Default: ${DEFAULT-VALUE}.")
    private Duration retention = JournalWriter.JournalRetention.DEFAULT.retention();

    @ValueRange(least = "1", most = "65536")
    @Option(names = "--journey-size", paramLabel = "MIB", defaultValue = "64", description = "Maximum memory of Redis for these decisions, in MiB; the service removes the oldest beyond it. Default: ${DEFAULT-VALUE}.")
    private int mebibytes;

    @ValueRange(least = "0s", most = "7d")
    @Option(names = "--history-retention", paramLabel = "TIME", defaultValue = "24h", description = "How long Redis keeps the history of the service, for GET /history: frames, latency, utilization and backlog of each minute of the last 3 h, then of each 15 min; 0s: none. Default: ${DEFAULT-VALUE}.")
    private Duration history = Orchestrator.ProcessorMonitoring.DEFAULT_HISTORY_RETENTION;

    Duration history() {
        return history;
    }

    JournalWriter.JournalRetention settings() {
        return new JournalWriter.JournalRetention(retention, (long) mebibytes << 20);
    }
}
