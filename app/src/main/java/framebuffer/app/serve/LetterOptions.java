package framebuffer.app.serve;

import framebuffer.app.keys.Within;
import framebuffer.orchestrator.FrameWay;
import java.time.Duration;
import picocli.CommandLine.Option;

/** When frames are given up on, and how long they are kept then. */
public final class LetterOptions {
    @Within(least = "0s", most = "24h")
    @Option(names = "--unroutable-timeout", paramLabel = "TIME", defaultValue = "60s", description = "Time after which a frame becomes a dead letter if no healthy processor offers its capability; 0s: never. Default: ${DEFAULT-VALUE}.")
    private Duration unroutableTimeout = FrameWay.Letters.DEFAULT.unroutable();

    @Within(least = "1m", most = "365d")
    @Option(names = "--dead-letter-retention", paramLabel = "TIME", defaultValue = "24h", description = "How long Redis keeps dead letters and their pixels. Default: ${DEFAULT-VALUE}.")
    private Duration deadLetterRetention = FrameWay.Letters.DEFAULT.retention();

    FrameWay.Letters letters() {
        return new FrameWay.Letters(unroutableTimeout, deadLetterRetention);
    }
}
