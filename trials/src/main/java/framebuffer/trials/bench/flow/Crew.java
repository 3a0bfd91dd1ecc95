package framebuffer.trials.bench.flow;

import framebuffer.app.terminal.CannotRun;
import framebuffer.client.FrameHandler;
import framebuffer.client.Processor;
import framebuffer.trials.bench.rig.BenchFrames;
import framebuffer.trials.bench.rig.ServiceProcess;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** Processors in this process, built with our public client. */
final class Crew implements AutoCloseable {
    private final List<Processor> processors = new ArrayList<>();

    /** A processor of the crew. */
    record Member(String id, int capacity, int concurrency, FrameHandler handler) {
    }

    private Crew() {
    }

    /** Starts the processors; they are registered when this returns. */
    static Crew start(ServiceProcess service, List<Member> members) throws InterruptedException {
        Crew crew = new Crew();
        boolean there = false;
        try {
            for (Member member : members) {
                crew.processors.add(Processor.builder(member.id()).capabilities(BenchFrames.CAPABILITY)
                        .capacity(member.capacity()).concurrency(member.concurrency()).grace(Duration.ofSeconds(2))
                        .orchestrator(service.url()).redis(service.redis()).handler(member.handler()).start());
            }
            there = true;
            return crew;
        } catch (IllegalArgumentException | IllegalStateException e) {
            throw new CannotRun("a processor cannot be registered: " + e.getMessage(), e);
        } finally {
            if (!there) {
                crew.close();
            }
        }
    }

    @Override
    public void close() {
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            processors.forEach(one -> threads.execute(one::close));
        }
    }
}
