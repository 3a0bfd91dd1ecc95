package framebuffer.orchestrator.pipeline.intake;

import framebuffer.orchestrator.pipeline.admission.WindowItem;
import framebuffer.redis.handoff.FrameSource;
import framebuffer.redis.handoff.Move;
import framebuffer.wire.EntryId;
import framebuffer.wire.frame.Frame;
import framebuffer.wire.frame.ShedFrame;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What an entry turned out to be when it was read. */
public sealed interface Arrival {

    /** Not to be sent: a dead letter, lost, or shed; or not to be sent yet. */
    record TerminalArrival(Move move, String reason, String detail) implements Arrival {
    }

    /**
     * A frame that is pending in one of our sources and waits for a processor.
     *
     * @param frame
     *            the frame
     * @param source
     *            where its entry is
     * @param entry
     *            its entry there
     * @param captureId
     *            its id in the capture stream
     * @param needs
     *            what it is to be sent for: all its capabilities when it is new, its own one when it comes back
     * @param attempt
     *            1 at first
     * @param notBefore
     *            when it may go
     * @param avoid
     *            a processor that failed with it; or null
     * @param holder
     *            the processor in whose queue it is; null: in none's
     * @param begun
     *            whether a processor has begun with it before: then it is not superseded
     * @param suspect
     *            whether it may have ended its processor: then it is kept apart from others of its kind
     * @param blamed
     *            the processor that has just failed with it; or null
     * @param readAt
     *            when it was read
     * @param epoch
     *            of its source, in which it was read
     */
    record PendingFrame(Frame frame, FrameSource source, EntryId entry, EntryId captureId, List<String> needs,
            int attempt,
            Instant notBefore, @Nullable String avoid, @Nullable String holder, boolean begun, boolean suspect,
            @Nullable String blamed, Instant readAt, long epoch) implements Arrival, WindowItem {
        /** The same, not to go before then, and to this processor only if to no other. */
        public PendingFrame later(Instant then, @Nullable String avoiding) {
            return new PendingFrame(frame, source, entry, captureId, needs, attempt, then, avoiding, holder, begun,
                    suspect, blamed, readAt, epoch);
        }

        /** It ends, for it is not worth sending any more. */
        public TerminalArrival shed(ShedFrame.ShedReason reason, String detail, Instant now, String instance) {
            ShedFrame kept = new ShedFrame(frame.frameId(), frame.cameraId(), captureId, needs, attempt, reason, detail,
                    now, instance);
            return new TerminalArrival(new Move.Shed(entry, captureId, frame.cameraId(), reason.word(), kept.encode()),
                    reason.word(), detail);
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
