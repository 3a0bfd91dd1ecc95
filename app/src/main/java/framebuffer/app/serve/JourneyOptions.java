package framebuffer.app.serve;

import framebuffer.app.config.ValueRange;
import framebuffer.orchestrator.pipeline.JournalWriter;
import java.time.Duration;
import picocli.CommandLine.Option;

/** How long and how large the journal of decisions about frames is. */
final class JourneyOptions {
    @ValueRange(least = "0s", most = "24h")
    @Option(names = "--journey-retention", paramLabel = "TIME", defaultValue = "10m", description = "How long Redis keeps the decisions about each frame, for GET /frames/FRAME_ID; 0s: the service records none. Default: ${DEFAULT-VALUE}.")
    private Duration retention = JournalWriter.JournalRetention.DEFAULT.retention();

    @ValueRange(least = "1", most = "65536")
    @Option(names = "--journey-size", paramLabel = "MIB", defaultValue = "64", description = "Maximum memory of Redis for these decisions, in MiB; the service removes the oldest beyond it. Default: ${DEFAULT-VALUE}.")
    private int mebibytes;

    JournalWriter.JournalRetention settings() {
        return new JournalWriter.JournalRetention(retention, (long) mebibytes << 20);
    }
}
