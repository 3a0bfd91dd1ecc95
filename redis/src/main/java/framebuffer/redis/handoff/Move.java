package framebuffer.redis.handoff;

import framebuffer.wire.EntryId;
import framebuffer.wire.frame.DeadLetter;
import framebuffer.wire.text.Fields;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What is to become of one entry of the source. */
public sealed interface Move {
    /** The entry in the source. */
    EntryId entry();

    /** The frame's id in the capture stream. */
    EntryId captureId();

    /** The frame's camera, {@link #UNKNOWN_CAMERA} when it named none. */
    String camera();

    /** Under which invalid frames without a camera are counted. */
    String UNKNOWN_CAMERA = DeadLetter.UNKNOWN_CAMERA;

    /**
     * It enters these queues: all of them, or none.
     *
     * @param after
     *            an entry of the source that it must not overtake: while that one is pending, and when a frame of the same camera
     *            before it in the batch was refused, this one is refused as {@link MoveOutcome#FULL}. {@link EntryId#FIRST}: it must
     *            not overtake those of its batch. Null: it may overtake
     * @param suspect
     *            whether it may have ended its processor: then it is refused where another such frame is, for both would be blamed
     *            again
     * @param blamed
     *            the processor that failed with it, which its circuit is told when this is done; null: none
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

    /** It is given up on, and kept among the dead letters. Blamed: as above. */
    record ToDeadLetters(EntryId entry, EntryId captureId, String camera, Fields letter, @Nullable String blamed)
            implements
                Move {
        public ToDeadLetters(EntryId entry, EntryId captureId, String camera, Fields letter) {
            this(entry, captureId, camera, letter, null);
        }
    }

    /** It is pending, but its frame is no longer there. */
    record Lost(EntryId entry, EntryId captureId, String camera) implements Move {
    }

    /**
     * It is not worth sending any more.
     *
     * @param reason
     *            one word
     * @param kept
     *            what is kept of it for who asks what became of it; without its pixels
     */
    record Shed(EntryId entry, EntryId captureId, String camera, String reason, Fields kept) implements Move {
    }

    /**
     * It may not go yet: it waits in Redis, out of everybody's way, and comes back among the frames given back.
     *
     * @param returned
     *            as which it comes back
     * @param delay
     *            how long: from when it was given back on, or from now on when it is taken from a queue
     */
    record Deferred(EntryId entry, EntryId captureId, String camera, Fields returned, Duration delay,
            @Nullable String blamed) implements Move {
    }

    /** A queue, and the fields that the frame has there. */
    record QueueTarget(String queue, Fields fields) {
    }

    /** What became of a move. */
    enum MoveOutcome {
        /** Done, by us, once. */
        MOVED,
        /** Somebody else had acknowledged the entry before: nothing was done. */
        GONE,
        /** A target has no room, or what it must not overtake found none: nothing was done. */
        FULL,
        /** A target's key is no stream: nothing was done. */
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
