package framebuffer.client.queue;

import framebuffer.client.telemetry.FrameCounters;
import framebuffer.redis.LastingFault;
import framebuffer.redis.RedisConnection;
import framebuffer.redis.RedisLoop;
import framebuffer.redis.RedisRefused;
import framebuffer.redis.RedisUnavailable;
import framebuffer.redis.queues.AnswerWriter;
import framebuffer.wire.frame.Result;
import framebuffer.wire.frame.ReturnedFrame;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends answers one by one, each until its outcome is known. After a lost connection an answer is sent again, which has no effect if the
 * first one succeeded. There are never more answers than frames in progress.
 */
public final class AnswerSender implements RedisLoop.Work {
    private static final Logger log = LoggerFactory.getLogger(AnswerSender.class);
    private static final Duration WAIT = Duration.ofMillis(100);
    private static final Executor LATER = CompletableFuture.delayedExecutor(1, TimeUnit.SECONDS);

    /** The key of the results is not a stream: a retry is useless. */
    private static final String WRONG_STREAM = "WRONGTYPE";

    private final AnswerWriter answers;
    private final InFlightFrames inProgress;
    private final FrameCounters tally;
    private final LastingFault resultsRefused;
    private final LastingFault answersRefused;
    private final BlockingQueue<PendingAnswer> waiting = new LinkedBlockingQueue<>();
    private @Nullable PendingAnswer current;
    /** Whether the current answer was already sent on a connection that failed. */
    private boolean uncertain;

    /**
     * @param who the processor's name in the log
     */
    public AnswerSender(String who, AnswerWriter answers, InFlightFrames inProgress, FrameCounters tally) {
        this.answers = answers;
        this.inProgress = inProgress;
        this.tally = tally;
        this.resultsRefused = new LastingFault(log, who);
        this.answersRefused = new LastingFault(log, who);
    }

    /** Queues an answer for sending; from any thread. */
    public void send(PendingAnswer answer) {
        inProgress.finished(answer.entry());
        waiting.add(answer);
    }

    @Override
    public void connected(RedisConnection redis) {
        answers.connected(redis);
    }

    @Override
    public void runOnce(RedisConnection redis) throws InterruptedException {
        if (current == null) {
            current = waiting.poll(WAIT.toNanos(), TimeUnit.NANOSECONDS);
        }
        sendCurrent(redis);
    }

    @Override
    public void stopping(RedisConnection redis) {
        do {
            sendCurrent(redis);
            current = waiting.poll();
        } while (current != null);
    }

    private void sendCurrent(RedisConnection redis) {
        PendingAnswer answer = current;
        if (answer == null) {
            return;
        }
        try {
            settle(redis, answer);
            answersRefused.over("Redis accepts answers again");
        } catch (RedisUnavailable e) {
            uncertain = true;
            throw e;
        } catch (RuntimeException e) {
            answersRefused.is("Redis refuses answers (" + e.getMessage() + "); the frames stay pending; trying again");
            LATER.execute(() -> waiting.add(answer));
        }
        current = null;
        uncertain = false;
    }

    private void settle(RedisConnection redis, PendingAnswer answer) {
        switch (answer) {
            case PendingAnswer.ResultAnswer done -> done(redis, done);
            case PendingAnswer.ReturnAnswer back -> back(redis, back);
        }
    }

    private void done(RedisConnection redis, PendingAnswer.ResultAnswer done) {
        Result result = done.result();
        boolean first;
        try {
            first = answers.done(redis, done.entry(), result);
        } catch (RedisRefused e) {
            if (!e.code().equals(WRONG_STREAM)) {
                // Redis is busy, lacks replicas or disk space, …: keep the answer for a later attempt.
                throw e;
            }
            resultsRefused.is("Redis refuses results (" + e.getMessage() + "); the frames are returned as failed");
            back(redis,
                    new PendingAnswer.ReturnAnswer(done.entry(),
                            new ReturnedFrame(result.queued(), ReturnedFrame.ReturnReason.FAILED,
                                    "its result was refused: " + e.getMessage(), Duration.ZERO, result.processorId())));
            return;
        }
        resultsRefused.over("Redis accepts results again");
        if (isOurs(done, first)) {
            tally.processed(result.took(), result.status() == Result.ResultStatus.ERROR);
        }
        inProgress.end(done.entry());
    }

    private void back(RedisConnection redis, PendingAnswer.ReturnAnswer back) {
        if (isOurs(back, answers.returned(redis, back.entry(), back.frame()))) {
            switch (back.frame().kind()) {
                case FAILED -> tally.failed();
                case RETRY, REJECTED -> tally.returned();
            }
        }
        inProgress.end(back.entry());
    }

    /** Whether an answer took effect now, or may have at an earlier attempt with unknown outcome. */
    private boolean isOurs(PendingAnswer answer, boolean takenNow) {
        if (takenNow || uncertain) {
            return true;
        }
        log.info("entry {} was taken away while it was in progress; its answer is dropped", answer.entry());
        return false;
    }
}
