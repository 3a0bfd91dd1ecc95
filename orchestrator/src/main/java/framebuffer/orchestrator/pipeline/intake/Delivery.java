package framebuffer.orchestrator.pipeline.intake;

import framebuffer.redis.StreamEntry;
import framebuffer.redis.handoff.FrameSource;
import java.util.List;

/** What a reader hands to the pump: entries of one source, or the news that a source is withdrawn. */
public sealed interface Delivery {
    /** The stream in which the entries are pending. */
    FrameSource source();

    /** Grows whenever the reader begins again with all pending entries: entries of earlier epochs are delivered again. */
    long epoch();

    /** In the order of the stream. */
    List<StreamEntry> entries();

    /** Captured frames, which no processor has had. */
    record Fresh(FrameSource source, long epoch, List<StreamEntry> entries) implements Delivery {
        public Fresh {
            entries = List.copyOf(entries);
        }
    }

    /** Frames that processors gave back. */
    record Returned(FrameSource source, long epoch, List<StreamEntry> entries) implements Delivery {
        public Returned {
            entries = List.copyOf(entries);
        }
    }

    /**
     * Frames that are taken from a processor.
     *
     * @param source
     *            the work queue of the processor
     * @param holder
     *            the processor
     * @param charge
     *            what taking the frames means for them and for the processor
     */
    record Reclaimed(FrameSource source, long epoch, List<StreamEntry> entries, String holder,
            Charge charge) implements Delivery {
        public Reclaimed {
            entries = List.copyOf(entries);
        }
    }

    /** Nothing of the source is to be handed off any more, until another delivery comes from there. */
    record Withdrawn(FrameSource source, long epoch) implements Delivery {
        @Override
        public List<StreamEntry> entries() {
            return List.of();
        }
    }

    /** What it means that a frame is taken from a processor. */
    enum Charge {
        /** Nothing: the frame only waited there. */
        NONE,
        /** A failed attempt of the frame. */
        ATTEMPT,
        /** A failed attempt of the frame, and a failure that the circuit of the processor counts. */
        FAILURE
    }
}
