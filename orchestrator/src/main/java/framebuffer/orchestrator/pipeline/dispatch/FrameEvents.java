package framebuffer.orchestrator.pipeline.dispatch;

import framebuffer.orchestrator.pipeline.routing.ProcessorLoads;
import framebuffer.redis.frames.LedgerReconciliation.CountKind;
import framebuffer.redis.handoff.Move.MoveOutcome;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** Receives what happened to frames; override the events of interest. A listener must return at once, because its caller waits. */
public interface FrameEvents {
    /** Why frames were lost before their hand-off. */
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
     * @param items frames of the batch
     * @param outcomes for each item its outcome
     * @param captured camera → frames that the batch counted as captured
     * @param sentAt when the batch was sent
     * @param nanos time from sending the batch to its reply
     * @param loads how full the processors were when the batch was sent, the frames of the batch included
     */
    record SettledBatch(List<Outgoing> items, List<MoveOutcome> outcomes, Map<String, Integer> captured,
            Instant sentAt, long nanos, ProcessorLoads loads) {
    }

    /** Called by the pump when a batch is settled. */
    default void settled(SettledBatch batch) {
    }

    /** Called by the pump for each decision, with the time that the router took. */
    default void decided(long nanos) {
    }

    /** Called from any thread when frames were lost that no batch carried. */
    default void lost(LossReason reason, long frames) {
    }

    /** Called by the pump when a new connection to Redis replaces a broken one. */
    default void reconnected() {
    }

    /** Called by the pump at the begin of each turn, for listeners that need to see time pass. */
    default void tick(Instant now) {
    }

    /**
     * The ledger was corrected for frames that others removed from Redis or put there. Called from any thread.
     *
     * @param counted as what the frames count now
     */
    default void reconciled(CountKind counted, long frames) {
    }

    /** Passes each event on to all these listeners, in this order. */
    static FrameEvents toAll(List<? extends FrameEvents> listeners) {
        FrameEvents[] all = listeners.toArray(FrameEvents[]::new);
        return new FrameEvents() {
            private void each(Consumer<FrameEvents> event) {
                for (FrameEvents one : all) {
                    event.accept(one);
                }
            }

            @Override
            public void settled(SettledBatch batch) {
                each(one -> one.settled(batch));
            }

            @Override
            public void decided(long nanos) {
                each(one -> one.decided(nanos));
            }

            @Override
            public void lost(LossReason reason, long frames) {
                each(one -> one.lost(reason, frames));
            }

            @Override
            public void reconciled(CountKind counted, long frames) {
                each(one -> one.reconciled(counted, frames));
            }

            @Override
            public void tick(Instant now) {
                each(one -> one.tick(now));
            }

            @Override
            public void reconnected() {
                each(FrameEvents::reconnected);
            }
        };
    }
}
