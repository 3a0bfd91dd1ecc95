package framebuffer.orchestrator.pipeline.intake;

import framebuffer.orchestrator.pipeline.admission.WindowItem;
import framebuffer.redis.handoff.FrameSource;
import framebuffer.redis.handoff.Move;
import framebuffer.wire.EntryId;
import framebuffer.wire.frame.Frame;
import framebuffer.wire.frame.ShedFrame;
import framebuffer.wire.text.Fields;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The result of reading an entry. */
public sealed interface Arrival {

    /**
     * A frame that is not sent, or not yet: a dead letter, lost, shed or deferred.
     *
     * @param unneeded the fields of a frame that ends as a whole, so that nobody needs its pixels any more; null: others may need them
     */
    record TerminalArrival(Move move, String reason, String detail, @Nullable Fields unneeded) implements Arrival {
        /** A frame whose pixels others may need. */
        public TerminalArrival(Move move, String reason, String detail) {
            this(move, reason, detail, null);
        }
    }

    /**
     * A frame that is pending in one of the sources and waits for a processor.
     *
     * @param source the stream of its entry
     * @param entry its entry in the source
     * @param captureId its id in the capture stream
     * @param needs all its capabilities when it is new; one capability when it comes back
     * @param attempt from 1
     * @param notBefore the earliest moment at which it may go
     * @param avoid a processor that failed with it; null: none
     * @param holder the processor whose queue holds it; null: none
     * @param begun whether a processor has begun it before: then no newer frame supersedes it
     * @param suspect whether it may have crashed its processor: then it is kept apart from other suspect frames
     * @param blamed the processor that has just failed with it; null: none
     * @param readAt when it was read
     * @param epoch the epoch of its source in which it was read
     */
    record PendingFrame(Frame frame, FrameSource source, EntryId entry, EntryId captureId, List<String> needs,
            int attempt,
            Instant notBefore, @Nullable String avoid, @Nullable String holder, boolean begun, boolean suspect,
            @Nullable String blamed, Instant readAt, long epoch) implements Arrival, WindowItem {
        /** The same frame, not before {@code then}, and to {@code avoiding} only if no other has room. */
        public PendingFrame later(Instant then, @Nullable String avoiding) {
            return new PendingFrame(frame, source, entry, captureId, needs, attempt, then, avoiding, holder, begun,
                    suspect, blamed, readAt, epoch);
        }

        /** Ends the frame because it is no longer worth sending. */
        public TerminalArrival shed(ShedFrame.ShedReason reason, String detail, Instant now, String instance) {
            ShedFrame kept = new ShedFrame(frame.frameId(), frame.cameraId(), captureId, needs, attempt, reason, detail,
                    now, instance);
            return new TerminalArrival(new Move.Shed(entry, captureId, frame.cameraId(), reason.word(), kept.encode()),
                    reason.word(), detail, isWhole() ? frame.fields() : null);
        }

        /** Whether no other part of the frame can be at a processor. */
        private boolean isWhole() {
            return source.kind() == FrameSource.SourceKind.CAPTURE || frame.capabilities().size() <= 1;
        }

        @Override
        public String cameraId() {
            return frame.cameraId();
        }

        @Override
        public long agesSince() {
            return Math.min(frame.timestamp().toEpochMilli(), captureId.epochMillis());
        }

        @Override
        public int priority() {
            return frame.priority();
        }

        @Override
        public long bytes() {
            return frame.fields().bytes();
        }
    }
}
