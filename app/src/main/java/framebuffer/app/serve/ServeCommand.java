package framebuffer.app.serve;

import framebuffer.app.terminal.StopSignal;
import java.time.Duration;
import java.util.concurrent.Callable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Runs the service until the user stops it. */
@Command(name = "serve", mixinStandardHelpOptions = true, description = "Runs the service: REST API, hand-off, and an embedded Redis unless you name one.")
public final class ServeCommand implements Callable<Integer> {
    private static final Duration STOP_WITHIN = Duration.ofSeconds(10);
    private static final Logger log = LoggerFactory.getLogger(ServeCommand.class);

    /** Interval between checks that no other instance has taken this name. */
    private static final Duration LOOK = Duration.ofMillis(200);

    @Mixin
    private final ServeOptions options = new ServeOptions();

    ServeOptions options() {
        return options;
    }

    @Override
    public Integer call() throws InterruptedException {
        options.log().apply();
        try (StopSignal stop = new StopSignal(); Service service = Service.start(options)) {
            stop.within(STOP_WITHIN);
            log.info("ready: page and REST at {}, Redis at {}", service.url(), service.redisPlace());
            while (!stop.await(LOOK)) {
                if (service.hasLostItsName()) {
                    return 1;
                }
            }
            log.info("stopping");
        }
        log.info("stopped");
        return 0;
    }
}
