package framebuffer.orchestrator.pipeline.intake;

import framebuffer.redis.StreamEntry;
import framebuffer.redis.handoff.FrameSource;
import framebuffer.redis.handoff.ReturnVerifier.JudgedReturns;
import java.util.List;

/** A message from a reader to the pump: entries of one source, or the withdrawal of a source. */
public sealed interface Delivery {
    /** The stream in which the entries are pending. */
    FrameSource source();

    /** Grows when the reader begins again with all pending entries, so entries of earlier epochs are delivered again. */
    long epoch();

    /** Entries in stream order. */
    List<StreamEntry> entries();

    /** Captured frames, which no processor has had. */
    record Fresh(FrameSource source, long epoch, List<StreamEntry> entries) implements Delivery {
        public Fresh {
            entries = List.copyOf(entries);
        }
    }

    /**
     * Frames that processors gave back.
     *
     * @param judged which of them were handed off, and to which queues
     */
    record Returned(FrameSource source, long epoch, List<StreamEntry> entries,
            JudgedReturns judged) implements Delivery {
        public Returned {
            entries = List.copyOf(entries);
        }
    }

    /**
     * Frames that are taken from a processor.
     *
     * @param source the work queue of the processor
     * @param holder the processor
     * @param charge how the frames and the processor are charged
     */
    record Reclaimed(FrameSource source, long epoch, List<StreamEntry> entries, String holder,
            Charge charge) implements Delivery {
        public Reclaimed {
            entries = List.copyOf(entries);
        }
    }

    /** Frames of the source must not be handed off until its next delivery. */
    record Withdrawn(FrameSource source, long epoch) implements Delivery {
        @Override
        public List<StreamEntry> entries() {
            return List.of();
        }
    }

    /** How a frame and its processor are charged when the frame is taken away. */
    enum Charge {
        /** Nothing: the frame only waited there. */
        NONE,
        /** A failed attempt of the frame. */
        ATTEMPT,
        /** A failed attempt of the frame, and a failure that the circuit of the processor counts. */
        FAILURE
    }
}
