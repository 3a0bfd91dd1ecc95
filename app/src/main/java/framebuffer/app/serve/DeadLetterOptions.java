package framebuffer.app.serve;

import framebuffer.app.config.ValueRange;
import framebuffer.app.help.OptionGroup;
import framebuffer.orchestrator.pipeline.Pipeline;
import java.time.Duration;
import picocli.CommandLine.Option;

/** When frames become dead letters, and how long Redis keeps them. */
@OptionGroup("Dead letters")
final class DeadLetterOptions {
    @ValueRange(least = "0s", most = "24h")
    @Option(names = "--unroutable-timeout", paramLabel = "TIME", defaultValue = "60s", description = "Time after which a frame becomes a dead letter if no healthy processor offers its capability; 0s: never. Default: ${DEFAULT-VALUE}.")
    private Duration unroutableTimeout = Pipeline.DeadLettering.DEFAULT.unroutable();

    @ValueRange(least = "1m", most = "365d")
    @Option(names = "--dead-letter-retention", paramLabel = "TIME", defaultValue = "24h", description = "How long Redis keeps dead letters and their pixels. Default: ${DEFAULT-VALUE}.")
    private Duration deadLetterRetention = Pipeline.DeadLettering.DEFAULT.retention();

    Pipeline.DeadLettering letters() {
        return new Pipeline.DeadLettering(unroutableTimeout, deadLetterRetention);
    }
}
