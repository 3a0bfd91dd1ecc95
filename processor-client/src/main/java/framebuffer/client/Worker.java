package framebuffer.client;

import framebuffer.client.queue.PendingAnswer;
import framebuffer.client.queue.QueueReader;
import framebuffer.client.telemetry.ProcessSpan;
import framebuffer.client.telemetry.ProcessorMetrics;
import framebuffer.client.telemetry.ProcessorTracing;
import framebuffer.redis.RedisUnavailable;
import framebuffer.redis.handoff.Move;
import framebuffer.wire.EntryId;
import framebuffer.wire.frame.Frame;
import framebuffer.wire.frame.QueuedFrame;
import framebuffer.wire.frame.Result;
import framebuffer.wire.frame.ReturnedFrame;
import framebuffer.wire.frame.ReturnedFrame.ReturnReason;
import framebuffer.wire.text.Decoded;
import framebuffer.wire.text.Fields;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs the handler for each frame, and converts its answer for sending.
 *
 * @param processor id of the processor
 * @param metrics counts the handler's outcomes
 * @param threads runs each frame on its own thread
 * @param running called on the handler's thread when an entry starts
 * @param answers receives exactly one answer for each entry
 */
record Worker(String processor, FrameHandler handler, Function<Frame, byte @Nullable []> pixels,
        ProcessorTracing tracing,
        ProcessorMetrics metrics,
        InstantSource clock, Executor threads, Consumer<EntryId> running,
        Consumer<PendingAnswer> answers) implements QueueReader.Receiver {

    private static final Logger log = LoggerFactory.getLogger(Worker.class);
    private static final int DETAIL_SHOWN = 1_000;
    /** Our clock may be ahead of the clock of the instance that sheds expired frames. */
    private static final Duration PUT_OFF = Duration.ofMillis(100);

    @Override
    public void received(EntryId entry, Fields fields) {
        try {
            threads.execute(() -> answers.accept(answered(entry, fields)));
        } catch (RuntimeException | Error e) {
            // No thread could be created, so processing has not begun.
            log.warn("entry {} is returned: it could not be started", entry, e);
            answers.accept(entry(entry, fields, ReturnReason.RETRY, "it could not be started: " + e));
        }
    }

    /** Sends exactly one answer in any case: an entry without an answer would occupy its slot forever. */
    private PendingAnswer answered(EntryId entry, Fields fields) {
        running.accept(entry);
        try {
            return switch (QueuedFrame.decode(entry, fields)) {
                case Decoded.Valid<QueuedFrame>(QueuedFrame queued) -> process(entry, queued);
                case Decoded.Invalid<QueuedFrame> invalid -> unreadable(entry, fields, invalid.detail());
            };
        } catch (RuntimeException | Error e) {
            log.error("entry {} is returned as failed, because no other answer is possible", entry, e);
            return entry(entry, fields, ReturnReason.FAILED, "failed with " + e.getClass().getName());
        }
    }

    private PendingAnswer entry(EntryId entry, Fields fields, ReturnReason kind, String why) {
        return switch (QueuedFrame.decode(entry, fields)) {
            case Decoded.Valid<QueuedFrame>(QueuedFrame queued) ->
                new PendingAnswer.ReturnAnswer(entry, back(queued, kind, why, Duration.ZERO));
            case Decoded.Invalid<QueuedFrame> invalid -> unreadable(entry, fields, invalid.detail());
        };
    }

    /** This frame may have crashed the process: it counts as a failed attempt, and other processors are preferred. */
    @Override
    public void inherited(EntryId entry, Fields fields) {
        answers.accept(switch (QueuedFrame.decode(entry, fields)) {
            case Decoded.Valid<QueuedFrame>(QueuedFrame queued) ->
                new PendingAnswer.ReturnAnswer(entry, new ReturnedFrame(queued, ReturnReason.FAILED,
                        "its processor ended while it held the frame", Duration.ZERO, processor, true));
            case Decoded.Invalid<QueuedFrame> invalid -> unreadable(entry, fields, invalid.detail());
        });
    }

    private PendingAnswer process(EntryId entry, QueuedFrame queued) {
        Instant until = queued.frame().expiresAt();
        if (until != null && !until.isAfter(clock.instant())) {
            // The service sheds the frame at the next hand-off, and counts it.
            return new PendingAnswer.ReturnAnswer(entry,
                    back(queued, ReturnReason.RETRY, "it was worth processing until " + until, PUT_OFF));
        }
        try (ProcessSpan span = tracing.begin(queued, processor)) {
            long begun = System.nanoTime();
            PendingAnswer outgoing;
            try {
                WorkFrame frame = new WorkFrame(queued, pixels);
                Answer answer = span.call(
                        () -> Objects.requireNonNull(handler.handle(frame), "the handler returned null"));
                outgoing = outgoing(entry, queued, answer, span, Duration.ofNanos(System.nanoTime() - begun));
            } catch (Throwable e) {
                // Catch errors too: each frame must get an answer.
                span.failed(e);
                outgoing = new PendingAnswer.ReturnAnswer(entry, thrown(queued, e));
            }
            metrics.processed(word(outgoing), Duration.ofNanos(System.nanoTime() - begun));
            return outgoing;
        }
    }

    private PendingAnswer outgoing(EntryId entry, QueuedFrame queued, Answer answer, ProcessSpan span, Duration took) {
        return switch (answer) {
            case Answer.Done(Result.ResultStatus status, String json) -> {
                if (status == Result.ResultStatus.ERROR) {
                    span.failed("the handler answered with an error");
                }
                yield new PendingAnswer.ResultAnswer(entry,
                        new Result(queued, processor, status, json, clock.instant(), took, span.position()));
            }
            case Answer.RetryLater(Duration after, String why) ->
                new PendingAnswer.ReturnAnswer(entry, back(queued, ReturnReason.RETRY, why, after));
            case Answer.Reject(String why) ->
                new PendingAnswer.ReturnAnswer(entry, back(queued, ReturnReason.REJECTED, why, Duration.ZERO));
        };
    }

    private static String word(PendingAnswer outgoing) {
        return switch (outgoing) {
            case PendingAnswer.ResultAnswer(_, Result result) -> result.status().word();
            case PendingAnswer.ReturnAnswer(_, ReturnedFrame frame) -> frame.kind().word();
        };
    }

    private ReturnedFrame thrown(QueuedFrame queued, Throwable e) {
        return switch (e) {
            case PixelsGone gone ->
                back(queued, ReturnReason.REJECTED, String.valueOf(gone.getMessage()), Duration.ZERO);
            case RedisUnavailable away ->
                back(queued, ReturnReason.RETRY, String.valueOf(away.getMessage()), Duration.ZERO);
            default -> {
                log.debug("the handler failed with frame {}", queued.frame().frameId(), e);
                yield back(queued, ReturnReason.FAILED, e.toString(), Duration.ZERO);
            }
        };
    }

    /** Rejects an unreadable entry, which no processor can process: it becomes a dead letter with all its fields. */
    private PendingAnswer unreadable(EntryId entry, Fields fields, String problems) {
        log.warn("entry {} of the work queue is unreadable and is returned: {}", entry, problems);
        Frame frame = new Frame(named(fields, "frame_id"), named(fields, "camera_id"), entry.time(), 0, List.of(), null,
                null, new Frame.PictureFormat(null, null, null, null), fields);
        return new PendingAnswer.ReturnAnswer(entry,
                back(new QueuedFrame(frame, "", 1, entry, entry.time()), ReturnReason.REJECTED,
                        "cannot be read: " + problems, Duration.ZERO));
    }

    private static String named(Fields fields, String name) {
        String text = fields.text(name);
        return text == null ? Move.UNKNOWN_CAMERA : text;
    }

    private ReturnedFrame back(QueuedFrame queued, ReturnReason kind, String why, Duration after) {
        int shown = why.codePointCount(0, why.length()) <= DETAIL_SHOWN
                ? why.length()
                : why.offsetByCodePoints(0, DETAIL_SHOWN);
        return new ReturnedFrame(queued, kind, why.substring(0, shown), after, processor);
    }
}
