package framebuffer.redis.handoff;

import framebuffer.wire.EntryId;
import framebuffer.wire.frame.DeadLetter;
import framebuffer.wire.text.Fields;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What the hand-off does with one entry of the source. */
public sealed interface Move {
    /** The entry in the source. */
    EntryId entry();

    /** The frame's id in the capture stream. */
    EntryId captureId();

    /** The frame's camera, {@link #UNKNOWN_CAMERA} when it named none. */
    String camera();

    /** The camera of invalid frames without a camera. */
    String UNKNOWN_CAMERA = DeadLetter.UNKNOWN_CAMERA;

    /**
     * The frame enters all of these queues, or none.
     *
     * @param after an entry of the source that the frame must not overtake. The frame is refused as {@link MoveOutcome#FULL} while that
     *     entry is pending, or if an earlier frame of the same camera in the batch was refused. {@link EntryId#FIRST}: only frames of the
     *     batch count. Null: the frame may overtake
     * @param suspect whether the frame may have crashed its processor; a queue with another suspect frame refuses it, because both would be
     *     blamed again
     * @param blamed the processor that failed with the frame, whose circuit counts a failure; null: none
     */
    record ToQueues(EntryId entry, EntryId captureId, String camera, List<QueueTarget> targets, @Nullable EntryId after,
            boolean suspect, @Nullable String blamed) implements Move {
        public ToQueues(EntryId entry, EntryId captureId, String camera, List<QueueTarget> targets) {
            this(entry, captureId, camera, targets, null, false, null);
        }

        public ToQueues {
            targets = List.copyOf(targets);
            if (targets.isEmpty()) {
                throw new IllegalArgumentException("no target for " + entry);
            }
        }
    }

    /** The frame becomes a dead letter. Blamed: as above. */
    record ToDeadLetters(EntryId entry, EntryId captureId, String camera, Fields letter, @Nullable String blamed)
            implements
                Move {
        public ToDeadLetters(EntryId entry, EntryId captureId, String camera, Fields letter) {
            this(entry, captureId, camera, letter, null);
        }
    }

    /** The entry is pending, but its frame was deleted. */
    record Lost(EntryId entry, EntryId captureId, String camera) implements Move {
    }

    /**
     * The frame is shed.
     *
     * @param reason one word
     * @param kept fields kept for queries, without pixels
     */
    record Shed(EntryId entry, EntryId captureId, String camera, String reason, Fields kept) implements Move {
    }

    /**
     * The frame is deferred: it waits in Redis, then enters the returned stream.
     *
     * @param returned its fields in the returned stream
     * @param delay the wait, since the frame was returned, or from now if it is taken from a queue
     */
    record Deferred(EntryId entry, EntryId captureId, String camera, Fields returned, Duration delay,
            @Nullable String blamed) implements Move {
    }

    /** A queue, and the fields of the frame there. */
    record QueueTarget(String queue, Fields fields) {
    }

    /** The outcome of a move. */
    enum MoveOutcome {
        /** The move was done, by this caller, once. */
        MOVED,
        /** Another caller had acknowledged the entry: nothing was done. */
        GONE,
        /** A target has no room, or a frame that must go first had none: nothing was done. */
        FULL,
        /** The key of a target is not a stream: nothing was done. */
        CLOSED;

        static MoveOutcome of(char letter) {
            return switch (letter) {
                case 'h' -> MOVED;
                case 'g' -> GONE;
                case 'f' -> FULL;
                case 'c' -> CLOSED;
                default -> throw new IllegalArgumentException("no outcome " + letter);
            };
        }
    }
}
