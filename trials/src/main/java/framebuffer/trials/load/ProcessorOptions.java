package framebuffer.trials.load;

import framebuffer.app.config.FlagOnly;
import framebuffer.app.config.ValueRange;
import framebuffer.app.help.Essential;
import framebuffer.app.help.OptionGroup;
import framebuffer.app.terminal.CannotRun;
import java.time.Duration;
import picocli.CommandLine.Option;

/** Options of simulated processors. */
@OptionGroup("Simulated processors")
final class ProcessorOptions {
    @Essential
    @FlagOnly
    @ValueRange(least = "0", most = "500")
    @Option(names = "--processors", paramLabel = "N", defaultValue = "0", description = "Number of simulated processors, named load-processor-1 and so on. Default: none.")
    private int processors;

    @Essential
    @FlagOnly
    @ValueRange(least = "0s", most = "60s")
    @Option(names = "--processing-time", paramLabel = "TIME", defaultValue = "20ms", description = "Time that a simulated processor takes for a frame. Default: ${DEFAULT-VALUE}.")
    private Duration processingTime = Duration.ofMillis(20);

    @FlagOnly
    @ValueRange(least = "1", most = "1000000")
    @Option(names = "--capacity", paramLabel = "FRAMES", defaultValue = "2", description = "Maximum number of frames in the queue of a simulated processor, waiting or in progress. Default: ${DEFAULT-VALUE}.")
    private int capacity;

    @FlagOnly
    @ValueRange(least = "1", most = "1000000")
    @Option(names = "--concurrency", paramLabel = "FRAMES", defaultValue = "1", description = "Maximum number of frames in progress at a simulated processor. Default: ${DEFAULT-VALUE}.")
    private int concurrency;

    SimulatedProcessors.Kind kind() {
        if (concurrency > capacity) {
            throw new CannotRun("concurrency must not be more than capacity");
        }
        return new SimulatedProcessors.Kind(processors, processingTime, capacity, concurrency);
    }
}
