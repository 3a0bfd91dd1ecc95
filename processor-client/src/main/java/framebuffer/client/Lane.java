package framebuffer.client;

import framebuffer.client.queue.AnswerSender;
import framebuffer.client.queue.HandlerSlots;
import framebuffer.client.queue.InFlightFrames;
import framebuffer.client.queue.PixelStore;
import framebuffer.client.queue.QueueReader;
import framebuffer.client.telemetry.FrameCounters;
import framebuffer.client.telemetry.ProcessorMetrics;
import framebuffer.client.telemetry.ProcessorTracing;
import framebuffer.redis.AclRights;
import framebuffer.redis.GroupReader;
import framebuffer.redis.RedisAddress;
import framebuffer.redis.RedisLoop;
import framebuffer.redis.queues.AnswerWriter;
import framebuffer.wire.Keys;
import framebuffer.wire.control.Registration;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/** The part of a processor in one partition: reads its queue there, and answers. */
final class Lane {
    private final InFlightFrames inProgress;
    private final PixelStore pixels;
    private final RedisLoop answers;
    private final RedisLoop reader;

    /** The shared parts of a processor's lanes. {@code pixels}: null, if they are in the same Redis; {@code lanes}: the number of lanes. */
    record LaneContext(ProcessorBuilder from, RedisAddress redis, @Nullable RedisAddress pixels, FrameHandler handler,
            ProcessorTracing tracing,
            Registration registration, HandlerSlots slots, FrameCounters tally, ProcessorMetrics metrics,
            Executor threads, int lanes) {
    }

    Lane(LaneContext shared, Keys keys) {
        ProcessorBuilder from = shared.from();
        String id = shared.registration().id();
        String queue = keys.queue(shared.registration().queue());
        RedisAddress there = shared.redis().holding(queue);
        RedisAddress redis = there.needing(AclRights.ofProcessor(keys, queue, from.resultsKey(keys)));
        String group = id + "-group";
        String named = shared.lanes() == 1 ? id : id + '-' + keys.prefix();
        this.inProgress = new InFlightFrames(shared.slots());
        this.pixels = new PixelStore(shared.pixels() == null ? there : shared.pixels(), keys);
        AnswerSender sender = new AnswerSender(id,
                new AnswerWriter(keys,
                        new AnswerWriter.AnswerRoute(queue, group, id, from.resultsKey(keys), from.resultsKept),
                        pixels::frameEnded),
                inProgress, shared.tally());
        this.answers = new RedisLoop(named + "-answers", redis, sender);
        Worker worker = new Worker(id, shared.handler(), pixels::of, shared.tracing(), shared.metrics(),
                InstantSource.system(), shared.threads(), inProgress::runs, sender::send);
        this.reader = new RedisLoop(named + "-reader", redis, new QueueReader(new GroupReader(queue, group, id + "-1"),
                QueueReader.ReadShare.of(shared.slots(), shared.lanes()), keys, inProgress, worker));
    }

    void start() {
        answers.start();
        reader.start();
    }

    /** Whether it can read and answer. */
    boolean works() {
        return reader.trouble() == null && answers.trouble() == null;
    }

    /** The number of frames it holds. */
    int held() {
        return inProgress.count();
    }

    /** Waits until all its frames are answered; returns whether they were in time. */
    boolean awaitAnswered(Duration atMost) throws InterruptedException {
        return inProgress.awaitNone(atMost);
    }

    void stopReading() {
        reader.close();
    }

    /** Sends the remaining answers, and stops. */
    void close() {
        answers.close();
        pixels.close();
    }
}
