package framebuffer.orchestrator.intake;

import framebuffer.orchestrator.intake.Arrival.Ended;
import framebuffer.orchestrator.intake.Arrival.Pending;
import framebuffer.streams.Entry;
import framebuffer.streams.handoff.Move;
import framebuffer.streams.handoff.Source;
import framebuffer.wire.Decoded;
import framebuffer.wire.EntryId;
import framebuffer.wire.Fields;
import framebuffer.wire.frame.DeadLetter;
import framebuffer.wire.frame.DeadLetter.Reason;
import framebuffer.wire.frame.Frame;
import framebuffer.wire.frame.FrameCodec;
import framebuffer.wire.frame.QueuedFrame;
import framebuffer.wire.frame.ReturnedFrame;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Tells what an entry is: a frame that can be sent, or one that has come to its end.
 *
 * @param maxAttempts
 *            how many attempts may be charged to a frame before it is given up on, at least 1
 * @param floods
 *            knows when not to give up on a frame whose attempts are used up
 */
public record Intake(int maxAttempts, Floods floods) {
    /** After so long a frame is tried again whose attempts are used up, while it is not given up on. */
    public static final Duration PUT_OFF = Duration.ofSeconds(10);

    /** Knows whether most frames of a capability fail. */
    public interface Floods {
        /** A frame is to be given up on, for its attempts are used up or it was rejected. Answers whether most frames are. */
        boolean fails(String capability, Instant now);
    }

    /** One that gives up on every frame whose attempts are used up. */
    public Intake(int maxAttempts) {
        this(maxAttempts, (_, _) -> false);
    }

    /** Reads one entry of a delivery; never throws, whatever it holds. */
    public Arrival read(Delivery delivery, Entry entry, Instant now) {
        Source source = delivery.source();
        Fields fields = entry.fields();
        if (fields == null) {
            return new Ended(new Move.Lost(entry.id(), entry.id(), Move.UNKNOWN_CAMERA), "lost",
                    "was deleted from " + source.stream() + " before it was handed off");
        }
        Found found = new Found(source, entry.id(), fields, now, delivery);
        return switch (source.kind()) {
            case CAPTURE -> captured(found);
            case RETURNED -> returned(found);
            case QUEUE -> queued(found, queued -> delivery.charged()
                    ? failed(found, queued, new Failure(found.holder(), "it did not acknowledge the frame", true,
                            delivery.blamed() ? found.holder() : null))
                    : found.waiting(queued, found.holder()));
        };
    }

    /** An entry with its fields, where and when it was found. */
    private record Found(Source source, EntryId id, Fields fields, Instant now, Delivery delivery) {
        @Nullable
        String holder() {
            return delivery.holder();
        }

        Pending pending(Frame frame) {
            return new Pending(frame, source, id, id, frame.capabilities(), 1, now, null, null, false, false, null,
                    now, delivery.epoch());
        }

        Pending waiting(QueuedFrame queued, @Nullable String avoid) {
            return pending(queued, queued.attempt(), new Failure(avoid, "", false, null));
        }

        /** One that has failed, or is only not to go where it was. */
        Pending pending(QueuedFrame queued, int attempt, Failure failure) {
            // One that was given up on before it was ever handed off still needs all that it asks for.
            List<String> needs = fields.get("capability") == null
                    ? queued.frame().capabilities()
                    : queued.capability().isEmpty() ? List.of() : List.of(queued.capability());
            return new Pending(queued.frame(), source, id, queued.captureId(), needs, attempt, now,
                    failure.processor(), holder(), delivery.charged() || source.kind() == Source.Kind.RETURNED,
                    failure.suspect(), failure.blamed(), now, delivery.epoch());
        }

        /** It comes back as one that may go at once. */
        Ended deferred(ReturnedFrame returned, Duration wait, @Nullable String blamed) {
            QueuedFrame queued = returned.queued();
            ReturnedFrame later = new ReturnedFrame(queued, ReturnedFrame.Kind.RETRY, returned.detail(), Duration.ZERO,
                    returned.processorId(), returned.suspect());
            return new Ended(new Move.Deferred(id, queued.captureId(), queued.frame().cameraId(), later.encode(), wait,
                    blamed), "deferred", returned.detail());
        }

        Ended dead(Reason reason, String detail) {
            return dead(reason, detail, new Identity(
                    DeadLetter.captureId(fields, id, source.kind() == Source.Kind.CAPTURE),
                    DeadLetter.camera(fields), 0));
        }

        Ended dead(Reason reason, String detail, Identity identity) {
            return dead(reason, detail, identity, null);
        }

        Ended dead(Reason reason, String detail, Identity identity, @Nullable String blamed) {
            DeadLetter letter = new DeadLetter(fields, reason, detail, now,
                    new DeadLetter.Source(source.stream(), id), identity.attempt());
            return new Ended(new Move.ToDeadLetters(id, identity.captureId(), identity.camera(), letter.encode(),
                    blamed), reason.word(), detail);
        }
    }

    private record Identity(EntryId captureId, String camera, int attempt) {
        static Identity of(QueuedFrame queued) {
            return new Identity(queued.captureId(), queued.frame().cameraId(), queued.attempt());
        }
    }

    private static Arrival captured(Found found) {
        return switch (FrameCodec.decode(found.id(), found.fields())) {
            case Decoded.Valid<Frame>(Frame frame) -> found.pending(frame);
            case Decoded.Invalid<Frame> invalid -> found.dead(Reason.INVALID, invalid.detail());
        };
    }

    private static Arrival queued(Found found, Function<QueuedFrame, Arrival> then) {
        return switch (QueuedFrame.decode(found.id(), found.fields())) {
            case Decoded.Valid<QueuedFrame>(QueuedFrame queued) -> then.apply(queued);
            case Decoded.Invalid<QueuedFrame> invalid -> found.dead(Reason.INVALID, invalid.detail());
        };
    }

    private Arrival returned(Found found) {
        return switch (ReturnedFrame.decode(found.id(), found.fields())) {
            case Decoded.Valid<ReturnedFrame>(ReturnedFrame returned) -> switch (returned.kind()) {
                case RETRY -> later(found, returned);
                case FAILED -> failed(found, returned.queued(),
                        new Failure(returned.processorId(), returned.detail(), returned.suspect(),
                                returned.processorId()));
                case REJECTED -> {
                    floods.fails(returned.queued().capability(), found.now());
                    yield found.dead(Reason.REJECTED, returned.detail(), Identity.of(returned.queued()));
                }
            };
            case Decoded.Invalid<ReturnedFrame> invalid -> found.dead(Reason.INVALID, invalid.detail());
        };
    }

    private static Arrival later(Found found, ReturnedFrame returned) {
        QueuedFrame queued = returned.queued();
        if (returned.retryAfter().isPositive()) {
            return found.deferred(returned, returned.retryAfter(), null);
        }
        // One that was tried in vain too often comes back so.
        return found.pending(queued, queued.attempt(), new Failure(
                returned.suspect() ? returned.processorId() : null, "", returned.suspect(), null));
    }

    /** An attempt that came to nothing: where, why, whether the frame may have ended its processor, and whom it speaks against. */
    private record Failure(@Nullable String processor, String why, boolean suspect, @Nullable String blamed) {
    }

    private Arrival failed(Found found, QueuedFrame queued, Failure failure) {
        if (queued.attempt() < maxAttempts) {
            return found.pending(queued, queued.attempt() + 1, failure);
        }
        return floods.fails(queued.capability(), found.now())
                ? found.deferred(new ReturnedFrame(queued, ReturnedFrame.Kind.RETRY, failure.why(), PUT_OFF,
                        failure.processor() == null ? "" : failure.processor(), failure.suspect()), PUT_OFF,
                        failure.blamed())
                : found.dead(Reason.MAX_ATTEMPTS, "failed " + queued.attempt() + " times, last at "
                        + failure.processor() + ": " + failure.why(), Identity.of(queued), failure.blamed());
    }
}
