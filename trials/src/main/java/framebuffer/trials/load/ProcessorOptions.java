package framebuffer.trials.load;

import framebuffer.app.keys.FlagOnly;
import framebuffer.app.keys.Within;
import framebuffer.app.settings.Unusable;
import java.time.Duration;
import picocli.CommandLine.Option;

/** Which processors are simulated. */
final class ProcessorOptions {
    @FlagOnly
    @Within(least = "0", most = "500")
    @Option(names = "--processors", paramLabel = "N", defaultValue = "0", description = "Number of simulated processors, load-processor-1 and on. Default: none.")
    private int processors;

    @FlagOnly
    @Within(least = "0s", most = "60s")
    @Option(names = "--processing-time", paramLabel = "TIME", defaultValue = "20ms", description = "Time that a simulated processor takes for a frame. Default: ${DEFAULT-VALUE}.")
    private Duration processingTime = Duration.ofMillis(20);

    @FlagOnly
    @Within(least = "1", most = "1000000")
    @Option(names = "--capacity", paramLabel = "FRAMES", defaultValue = "2", description = "Most frames in the queue of a simulated processor, waiting or in progress. Default: ${DEFAULT-VALUE}.")
    private int capacity;

    @FlagOnly
    @Within(least = "1", most = "1000000")
    @Option(names = "--concurrency", paramLabel = "FRAMES", defaultValue = "1", description = "Frames that a simulated processor handles at once. Default: ${DEFAULT-VALUE}.")
    private int concurrency;

    SimulatedProcessors.Kind kind() {
        if (concurrency > capacity) {
            throw new Unusable("concurrency must not be more than capacity");
        }
        return new SimulatedProcessors.Kind(processors, processingTime, capacity, concurrency);
    }
}
