package framebuffer.orchestrator.pipeline.dispatch;

import framebuffer.orchestrator.pipeline.routing.ProcessorLoads;
import framebuffer.redis.handoff.Move.MoveOutcome;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/**
 * Tells listeners what happened to frames. A listener must return at once, because the loop that tells it waits. A listener
 * overrides the events that it needs.
 */
public interface FrameEvents {
    /** How frames vanished before they were handed off. */
    enum LossReason {
        /** Somebody deleted the entry while it was pending. */
        DELETED("deleted"),
        /** Producers trimmed the capture stream before the frames were read. */
        TRIMMED("trimmed");

        private final String word;

        LossReason(String word) {
            this.word = word;
        }

        public String word() {
            return word;
        }
    }

    /**
     * A batch that Redis has answered.
     *
     * @param items
     *            frames of the batch
     * @param outcomes
     *            for each item its outcome
     * @param captured
     *            camera → frames that the batch counted as captured
     * @param sentAt
     *            when the batch was sent
     * @param nanos
     *            time from sending the batch to its reply
     * @param loads
     *            how full the processors were when the batch was sent, the frames of the batch included
     */
    record SettledBatch(List<Outgoing> items, List<MoveOutcome> outcomes, Map<String, Integer> captured,
            Instant sentAt, long nanos, ProcessorLoads loads) {
    }

    /** A batch was settled. Called by the pump. */
    default void settled(SettledBatch batch) {
    }

    /** The router took this long to decide about one frame. Called by the pump for each decision. */
    default void decided(long nanos) {
    }

    /** Frames vanished before they were handed off, and no batch carried them. Called from any thread. */
    default void lost(LossReason reason, long frames) {
    }

    /** The pump has a new connection to Redis in place of one that broke. Called by the pump. */
    default void reconnected() {
    }

    /** The pump begins a turn: for listeners that must notice that time passes. Called by the pump. */
    default void tick(Instant now) {
    }

    /** Tells each event to all these listeners, in this order. */
    static FrameEvents toAll(List<? extends FrameEvents> listeners) {
        FrameEvents[] all = listeners.toArray(FrameEvents[]::new);
        return new FrameEvents() {
            @Override
            public void settled(SettledBatch batch) {
                for (FrameEvents one : all) {
                    one.settled(batch);
                }
            }

            @Override
            public void decided(long nanos) {
                for (FrameEvents one : all) {
                    one.decided(nanos);
                }
            }

            @Override
            public void lost(LossReason reason, long frames) {
                for (FrameEvents one : all) {
                    one.lost(reason, frames);
                }
            }

            @Override
            public void tick(Instant now) {
                for (FrameEvents one : all) {
                    one.tick(now);
                }
            }

            @Override
            public void reconnected() {
                for (FrameEvents one : all) {
                    one.reconnected();
                }
            }
        };
    }
}
