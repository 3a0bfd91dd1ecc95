package framebuffer.app.serve;

import framebuffer.app.config.ValueRange;
import framebuffer.app.help.OptionGroup;
import framebuffer.orchestrator.observability.results.ResultMaintenance.ResultRetention;
import java.time.Duration;
import picocli.CommandLine.Option;

/** How many results of processors Redis keeps, and how long. */
@OptionGroup("Results")
final class ResultOptions {
    @ValueRange(least = "0s", most = "365d")
    @Option(names = "--results-retention", paramLabel = "TIME", defaultValue = "24h", description = "How long Redis keeps results; 0s: the service removes each soon after it is written, even if nobody has read it. Default: ${DEFAULT-VALUE}.")
    private Duration retention = ResultRetention.DEFAULT.age();

    @ValueRange(least = "1", most = "100000000")
    @Option(names = "--results-max", paramLabel = "N", defaultValue = "100000", description = "Maximum number of results that Redis keeps, in each partition; the service removes the oldest beyond it. Processors keep about 100000 themselves. Default: ${DEFAULT-VALUE}.")
    private int most;

    ResultRetention retention() {
        return new ResultRetention(retention, most);
    }
}
