package framebuffer.orchestrator.pipeline.intake;

import framebuffer.orchestrator.pipeline.intake.Arrival.PendingFrame;
import framebuffer.orchestrator.pipeline.intake.Arrival.TerminalArrival;
import framebuffer.orchestrator.pipeline.intake.Delivery.Charge;
import framebuffer.redis.StreamEntry;
import framebuffer.redis.handoff.FrameSource;
import framebuffer.redis.handoff.Move;
import framebuffer.wire.EntryId;
import framebuffer.wire.frame.DeadLetter;
import framebuffer.wire.frame.DeadLetter.DeadLetterReason;
import framebuffer.wire.frame.Frame;
import framebuffer.wire.frame.FrameCodec;
import framebuffer.wire.frame.QueuedFrame;
import framebuffer.wire.frame.ReturnedFrame;
import framebuffer.wire.text.Decoded;
import framebuffer.wire.text.Fields;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Decodes entries into frames to send and frames that have ended.
 *
 * @param maxAttempts attempts charged to a frame before it becomes a dead letter, at least 1
 * @param floods detects when most frames fail, and so none should become a dead letter
 * @param queues knows which processor reads which work queue
 */
public record Intake(int maxAttempts, FailureRates floods, QueueReaders queues) {
    /** Delay of a frame that has used up its attempts while most frames fail. */
    public static final Duration PUT_OFF = Duration.ofSeconds(10);

    private static final String NEVER_HANDED_OFF = "frames:returned: no instance handed this frame off as it stands here, or it"
            + " is still in its work queue or was returned before";
    private static final String UNACKNOWLEDGED = "it did not acknowledge the frame";

    /** Detects whether most frames of a capability fail. */
    public interface FailureRates {
        /** Notes that a frame has used up its attempts or was rejected. Returns whether most frames of the capability fail. */
        boolean fails(String capability, Instant now);
    }

    /** Knows which processor reads which work queue. */
    public interface QueueReaders {
        /**
         * Whether the registration of the processor names the queue.
         *
         * @param queue key of a work queue
         */
        boolean reads(String processor, String queue);
    }

    /** An intake without flood detection, for processors that all tell the truth. */
    public Intake(int maxAttempts) {
        this(maxAttempts, (_, _) -> false, (_, _) -> true);
    }

    /** Decodes one entry of a delivery; never throws, whatever the entry contains. */
    public Arrival read(Delivery delivery, StreamEntry entry, Instant now) {
        FrameSource source = delivery.source();
        Fields fields = entry.fields();
        if (fields == null) {
            return new TerminalArrival(new Move.Lost(entry.id(), entry.id(), Move.UNKNOWN_CAMERA), "lost",
                    "was deleted from " + source.stream() + " before it was handed off");
        }
        FoundEntry found = new FoundEntry(source, entry.id(), fields, now, delivery);
        return switch (delivery) {
            case Delivery.Fresh _ -> captured(found);
            case Delivery.Returned returned -> returned(found, returned);
            case Delivery.Reclaimed reclaimed -> reclaimed(found, reclaimed);
            case Delivery.Withdrawn _ -> throw new IllegalArgumentException(source.stream() + " is withdrawn");
        };
    }

    /** An entry with its fields, and where and when it was found. */
    private record FoundEntry(FrameSource source, EntryId id, Fields fields, Instant now, Delivery delivery) {
        @Nullable
        String holder() {
            return delivery instanceof Delivery.Reclaimed reclaimed ? reclaimed.holder() : null;
        }

        /** Whether a processor has begun the frame before. */
        boolean begun() {
            return switch (delivery) {
                case Delivery.Fresh _,Delivery.Withdrawn _ -> false;
                case Delivery.Returned _ -> true;
                case Delivery.Reclaimed reclaimed -> reclaimed.charge() != Charge.NONE;
            };
        }

        PendingFrame pending(Frame frame) {
            return new PendingFrame(frame, source, id, id, frame.capabilities(), 1, now, null, null, false, false, null,
                    now, delivery.epoch());
        }

        /** Sends the frame again without charging an attempt. */
        PendingFrame pending(QueuedFrame queued, @Nullable String avoid, boolean suspect) {
            return pending(queued, queued.attempt(), avoid, suspect, null);
        }

        /** Sends the frame again after a failed attempt. */
        PendingFrame next(QueuedFrame queued, FailedAttempt failure) {
            return pending(queued, queued.attempt() + 1, failure.processor(), failure.suspect(), failure.blamed());
        }

        private PendingFrame pending(QueuedFrame queued, int attempt, @Nullable String avoid, boolean suspect,
                @Nullable String blamed) {
            // A frame that became a dead letter before its first hand-off still needs all its capabilities.
            List<String> needs = fields.get("capability") == null
                    ? queued.frame().capabilities()
                    : queued.capability().isEmpty() ? List.of() : List.of(queued.capability());
            return new PendingFrame(queued.frame(), source, id, queued.captureId(), needs, attempt, now,
                    avoid, holder(), begun(), suspect, blamed, now, delivery.epoch());
        }

        /** Defers the frame; afterwards it may go at once. */
        TerminalArrival deferred(ReturnedFrame returned, Duration wait, @Nullable String blamed) {
            QueuedFrame queued = returned.queued();
            ReturnedFrame later = new ReturnedFrame(queued, ReturnedFrame.ReturnReason.RETRY, returned.detail(),
                    Duration.ZERO,
                    returned.processorId(), returned.suspect());
            return new TerminalArrival(
                    new Move.Deferred(id, queued.captureId(), queued.frame().cameraId(), later.encode(), wait,
                            blamed),
                    "deferred", returned.detail());
        }

        /** A returned frame that was never handed off. What it says of itself is not believed, and the ledger does not count it. */
        TerminalArrival refused() {
            DeadLetter letter = new DeadLetter(fields, DeadLetterReason.INVALID, NEVER_HANDED_OFF, now,
                    new DeadLetter.DeadLetterSource(source.stream(), id), 0, false);
            return new TerminalArrival(new Move.ToDeadLetters(id, id, Move.UNKNOWN_CAMERA, letter.encode()),
                    DeadLetterReason.INVALID.word(), NEVER_HANDED_OFF);
        }

        TerminalArrival dead(DeadLetterReason reason, String detail) {
            return dead(reason, detail, new FrameIdentity(
                    DeadLetter.captureId(fields, id, source.kind() == FrameSource.SourceKind.CAPTURE),
                    DeadLetter.camera(fields), 0));
        }

        TerminalArrival dead(DeadLetterReason reason, String detail, FrameIdentity identity) {
            return dead(reason, detail, identity, null);
        }

        TerminalArrival dead(DeadLetterReason reason, String detail, FrameIdentity identity, @Nullable String blamed) {
            DeadLetter letter = new DeadLetter(fields, reason, detail, now,
                    new DeadLetter.DeadLetterSource(source.stream(), id), identity.attempt());
            return new TerminalArrival(
                    new Move.ToDeadLetters(id, identity.captureId(), identity.camera(), letter.encode(),
                            blamed),
                    reason.word(), detail);
        }
    }

    private record FrameIdentity(EntryId captureId, String camera, int attempt) {
        static FrameIdentity of(QueuedFrame queued) {
            return new FrameIdentity(queued.captureId(), queued.frame().cameraId(), queued.attempt());
        }
    }

    private static Arrival captured(FoundEntry found) {
        return switch (FrameCodec.decode(found.id(), found.fields())) {
            case Decoded.Valid<Frame>(Frame frame) -> found.pending(frame);
            case Decoded.Invalid<Frame> invalid -> found.dead(DeadLetterReason.INVALID, invalid.detail());
        };
    }

    private static Arrival queued(FoundEntry found, Function<QueuedFrame, Arrival> then) {
        return switch (QueuedFrame.decode(found.id(), found.fields())) {
            case Decoded.Valid<QueuedFrame>(QueuedFrame queued) -> then.apply(queued);
            case Decoded.Invalid<QueuedFrame> invalid -> found.dead(DeadLetterReason.INVALID, invalid.detail());
        };
    }

    private Arrival returned(FoundEntry found, Delivery.Returned from) {
        if (from.judged().refused().contains(found.id())) {
            return found.refused();
        }
        return switch (ReturnedFrame.decode(found.id(), found.fields())) {
            case Decoded.Valid<ReturnedFrame>(ReturnedFrame returned) -> switch (returned.kind()) {
                case RETRY -> later(found, returned);
                case FAILED -> failed(found, returned.queued(),
                        new FailedAttempt(returned.processorId(), returned.detail(), returned.suspect(),
                                blamed(returned.processorId(), from.judged().queues().get(found.id()))));
                case REJECTED -> {
                    floods.fails(returned.queued().capability(), found.now());
                    yield found.dead(DeadLetterReason.REJECTED, returned.detail(), FrameIdentity.of(returned.queued()));
                }
            };
            case Decoded.Invalid<ReturnedFrame> invalid -> found.dead(DeadLetterReason.INVALID, invalid.detail());
        };
    }

    /** Whoever returns a frame may write any id into it: another processor must not pay for it. */
    private @Nullable String blamed(String processor, @Nullable String queue) {
        return queue == null || queues.reads(processor, queue) ? processor : null;
    }

    private static Arrival later(FoundEntry found, ReturnedFrame returned) {
        QueuedFrame queued = returned.queued();
        if (returned.retryAfter().isPositive()) {
            return found.deferred(returned, returned.retryAfter(), null);
        }
        // A suspect frame arrives like this after it was deferred because its attempts were used up.
        return found.pending(queued, returned.suspect() ? returned.processorId() : null, returned.suspect());
    }

    private Arrival reclaimed(FoundEntry found, Delivery.Reclaimed from) {
        String holder = from.holder();
        return queued(found, queued -> switch (from.charge()) {
            case NONE -> found.pending(queued, holder, false);
            case ATTEMPT -> failed(found, queued, new FailedAttempt(holder, UNACKNOWLEDGED, true, null));
            case FAILURE -> failed(found, queued, new FailedAttempt(holder, UNACKNOWLEDGED, true, holder));
        });
    }

    /**
     * A failed attempt.
     *
     * @param suspect whether the frame may have ended the processor
     * @param blamed the processor whose circuit counts the failure; null: none
     */
    private record FailedAttempt(String processor, String why, boolean suspect, @Nullable String blamed) {
    }

    private Arrival failed(FoundEntry found, QueuedFrame queued, FailedAttempt failure) {
        if (queued.attempt() < maxAttempts) {
            return found.next(queued, failure);
        }
        return floods.fails(queued.capability(), found.now())
                ? found.deferred(new ReturnedFrame(queued, ReturnedFrame.ReturnReason.RETRY, failure.why(), PUT_OFF,
                        failure.processor(), failure.suspect()), PUT_OFF,
                        failure.blamed())
                : found.dead(DeadLetterReason.MAX_ATTEMPTS, "failed " + queued.attempt() + " times, last at "
                        + failure.processor() + ": " + failure.why(), FrameIdentity.of(queued), failure.blamed());
    }
}
