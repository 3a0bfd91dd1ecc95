package framebuffer.trials.load;

import framebuffer.app.terminal.CannotRun;
import framebuffer.app.terminal.ServiceOptions;
import framebuffer.client.Answer;
import framebuffer.client.Processor;
import framebuffer.client.ProcessorBuilder;
import framebuffer.wire.Secret;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;

/** Simulated processors that only wait, for a service without detectors. */
final class SimulatedProcessors implements AutoCloseable {
    private static final Duration THERE_WITHIN = Duration.ofSeconds(30);
    private static final Duration GRACE = Duration.ofMillis(200);

    private final List<Processor> processors = new CopyOnWriteArrayList<>();

    /**
     * Number and properties of the processors.
     *
     * @param processingTime time per frame
     * @param capacity maximum number of frames in a queue, waiting or in progress
     * @param concurrency maximum number of frames in progress
     */
    record Kind(int count, Duration processingTime, int capacity, int concurrency) {

        @Override
        public String toString() {
            return count + " processors, " + processingTime.toMillis() + " ms a frame, capacity " + capacity
                    + ", concurrency " + concurrency;
        }
    }

    private SimulatedProcessors() {
    }

    /**
     * Starts the processors; they are registered when this returns.
     *
     * @param load defines the processors and their capabilities
     * @throws CannotRun when a registration fails, or no service answers within 30 s
     */
    static SimulatedProcessors start(Load load, ServiceOptions service, LoadRun.Target target)
            throws InterruptedException {
        SimulatedProcessors all = new SimulatedProcessors();
        boolean there = false;
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Callable<Boolean>> starting = new ArrayList<>();
            for (int i = 1; i <= load.simulated().count(); i++) {
                ProcessorBuilder one = describe("load-processor-" + i, load, service)
                        .redis(target.redis()).keyPrefix(target.keyPrefix());
                starting.add(() -> all.processors.add(one.start()));
            }
            for (Future<Boolean> one : threads.invokeAll(starting, THERE_WITHIN.toMillis(), TimeUnit.MILLISECONDS)) {
                one.get();
            }
            there = true;
            return all;
        } catch (IllegalArgumentException e) {
            throw new CannotRun(String.valueOf(e.getMessage()), e);
        } catch (CancellationException e) {
            throw new CannotRun("no service answers at " + service.url()
                    + "; start `frame-buffer serve`, or set its address with --orchestrator-url", e);
        } catch (ExecutionException e) {
            throw new CannotRun(String.valueOf(e.getCause() == null ? e : e.getCause().getMessage()), e);
        } finally {
            if (!there) {
                all.close();
            }
        }
    }

    private static ProcessorBuilder describe(String id, Load load, ServiceOptions service) {
        Kind kind = load.simulated();
        ProcessorBuilder builder = Processor.builder(id).capabilities(load.detect().toArray(String[]::new))
                .capacity(kind.capacity()).concurrency(kind.concurrency()).grace(GRACE)
                .metadata("made_by", "frame-buffer load").orchestrator(service.url()).handler(_ -> {
                    Thread.sleep(kind.processingTime());
                    return Answer.processed("{\"simulated\":true}");
                });
        SSLContext tls = service.tls();
        if (tls != null) {
            builder.orchestratorTls(tls);
        }
        Secret token = service.apiToken();
        return token == null ? builder : builder.token(token.reveal());
    }

    /** Lets each processor finish its frames, for 2 s, and unregisters it. */
    @Override
    public void close() {
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            processors.forEach(one -> threads.execute(one::close));
        }
    }
}
