package framebuffer.client;

import framebuffer.client.queue.AnswerSender;
import framebuffer.client.queue.InProgress;
import framebuffer.client.queue.PixelStore;
import framebuffer.client.queue.QueueReader;
import framebuffer.client.queue.Slots;
import framebuffer.client.telemetry.ProcessorMetrics;
import framebuffer.client.telemetry.Tally;
import framebuffer.client.telemetry.Tracing;
import framebuffer.streams.GroupReader;
import framebuffer.streams.RedisAddress;
import framebuffer.streams.RedisLoop;
import framebuffer.streams.Rights;
import framebuffer.streams.work.Answers;
import framebuffer.wire.Keys;
import framebuffer.wire.processor.Registration;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.Executor;

/** What a processor does in one partition: it reads its queue there, and answers. */
final class Lane {
    private final InProgress inProgress;
    private final PixelStore pixels;
    private final RedisLoop answers;
    private final RedisLoop reader;

    /** What the lanes of a processor have in common; {@code lanes}: how many there are. */
    record Shared(ProcessorBuilder from, RedisAddress redis, FrameHandler handler, Tracing tracing,
            Registration registration, Slots slots, Tally tally, ProcessorMetrics metrics,
            Executor threads, int lanes) {
    }

    Lane(Shared shared, Keys keys) {
        ProcessorBuilder from = shared.from();
        String id = shared.registration().id();
        String queue = keys.queue(shared.registration().queue());
        RedisAddress there = shared.redis().holding(queue);
        RedisAddress redis = there.needing(Rights.ofProcessor(keys, queue, from.resultsKey(keys)));
        String group = id + "-group";
        String named = shared.lanes() == 1 ? id : id + '-' + keys.prefix();
        this.inProgress = new InProgress(shared.slots());
        this.pixels = new PixelStore(there, keys);
        AnswerSender sender = new AnswerSender(id,
                new Answers(keys, new Answers.Post(queue, group, id, from.resultsKey(keys), from.resultsKept)),
                inProgress, shared.tally());
        this.answers = new RedisLoop(named + "-answers", redis, sender);
        Worker worker = new Worker(id, shared.handler(), pixels::of, shared.tracing(), shared.metrics(),
                InstantSource.system(), shared.threads(), inProgress::runs, sender::send);
        this.reader = new RedisLoop(named + "-reader", redis, new QueueReader(new GroupReader(queue, group, id + "-1"),
                QueueReader.Turns.of(shared.slots(), shared.lanes()), keys, inProgress, worker));
    }

    void start() {
        answers.start();
        reader.start();
    }

    /** Whether it reads and answers. */
    boolean works() {
        return reader.trouble() == null && answers.trouble() == null;
    }

    /** How many frames it holds. */
    int held() {
        return inProgress.count();
    }

    /** Waits until all that it holds is answered; whether that came true in time. */
    boolean awaitAnswered(Duration atMost) throws InterruptedException {
        return inProgress.awaitNone(atMost);
    }

    void stopReading() {
        reader.close();
    }

    /** Sends what is to be answered, and ends. */
    void close() {
        answers.close();
        pixels.close();
    }
}
