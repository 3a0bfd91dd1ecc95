package framebuffer.trials.chaos;

import framebuffer.app.config.FlagOnly;
import framebuffer.client.Answer;
import framebuffer.client.Processor;
import framebuffer.redis.RedisAddress;
import framebuffer.trials.chaos.check.FrameNature;
import framebuffer.wire.text.Fields;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** A processor of a chaos run, in a separate process. It obeys commands on standard input, and ends with it. */
@Command(name = "processor", hidden = true, mixinStandardHelpOptions = true, description = "Runs a processor of a chaos run.")
final class ProcessorCommand implements Callable<Integer> {
    private static final int KILLED = 137;
    private static final String SLOW = "slow ";
    private static final String PUT_OFF = "put-off ";
    private static final Duration PUT_OFF_FOR = Duration.ofSeconds(2);
    /** Longer than the processing timeout of a run. */
    private static final Duration HANGS = Duration.ofSeconds(15);
    private static final Duration HEARTBEAT = Duration.ofSeconds(2);
    private static final int USUAL_MILLIS = 1;

    @FlagOnly
    @Option(names = "--id", required = true, description = "Id of the processor.")
    private String id = "";

    @FlagOnly
    @Option(names = "--redis", required = true, description = "URL of Redis.")
    private RedisAddress redis = RedisAddress.local(1);

    @FlagOnly
    @Option(names = "--orchestrator", required = true, description = "URL of the REST API.")
    private String orchestrator = "";

    @FlagOnly
    @Option(names = "--capacity", required = true, description = "Maximum number of frames in its queue.")
    private int capacity;

    @FlagOnly
    @Option(names = "--concurrency", required = true, description = "Maximum number of frames in progress at once.")
    private int concurrency;

    @FlagOnly
    @Option(names = "--foreign", description = "Does not use our client: it acknowledges and deletes in one MULTI.")
    private boolean foreign;

    private volatile int millis = USUAL_MILLIS;
    private volatile boolean putsOff;

    @Override
    public Integer call() throws InterruptedException {
        Thread.ofPlatform().daemon().name("orders").start(this::obey);
        if (foreign) {
            new ForeignProcessor(new ForeignProcessor.Self(id, capacity, concurrency, HEARTBEAT), orchestrator,
                    frame -> handle(frame) instanceof Answer.Done).run(redis);
            return 0;
        }
        try (Processor processor = Processor.builder(id).capabilities(ChaosFrames.CAPABILITY).capacity(capacity)
                .concurrency(concurrency).heartbeatInterval(HEARTBEAT).grace(Duration.ofSeconds(3))
                .orchestrator(orchestrator).redis(redis)
                .handler(frame -> handle(frame.frame().fields())).start()) {
            processor.await();
        }
        return 0;
    }

    private Answer handle(Fields frame) throws InterruptedException {
        switch (FrameNature.of(frame.text(FrameNature.FIELD))) {
            case EXIT -> Runtime.getRuntime().halt(KILLED);
            case FAIL -> throw new IllegalStateException("this frame is poison");
            case HANG -> {
                Thread.sleep(HANGS);
                throw new IllegalStateException("this frame is poison, and took its time");
            }
            case PLAIN, HASTY -> {
                if (putsOff && !foreign) {
                    return Answer.retryLater(PUT_OFF_FOR, "everything is put off");
                }
                Thread.sleep(millis);
            }
        }
        return Answer.processed("{}");
    }

    private void obey() {
        try (BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                if (line.startsWith(SLOW)) {
                    millis = Math.max(USUAL_MILLIS, Integer.parseInt(line.substring(SLOW.length())));
                } else if (line.startsWith(PUT_OFF)) {
                    putsOff = Boolean.parseBoolean(line.substring(PUT_OFF.length()));
                }
            }
        } catch (IOException e) {
            System.err.println("standard input failed: " + e);
        }
        Runtime.getRuntime().halt(KILLED);
    }
}
