package framebuffer.orchestrator;

import framebuffer.orchestrator.dispatch.Dispatcher;
import framebuffer.orchestrator.intake.Interval;
import framebuffer.streams.RedisConnection;
import framebuffer.streams.handoff.HandOff;
import framebuffer.wire.EntryId;
import java.time.Duration;
import java.time.Instant;
import java.util.function.Supplier;

/**
 * Whether what is pending for this instance is still its own. It is not after another has taken it over, after the group or the stream
 * was made anew, nor when Redis has forgotten it: all of that changes one mark, which is looked at also while nothing arrives.
 * For the pump's thread.
 */
final class Hold {
    /** How often it is looked at; what is handed off from the capture stream names it each time. */
    private static final Duration LOOK = Duration.ofMillis(500);

    private final Dispatcher dispatcher;
    private final String instance;
    private String groups = "";
    private Instant lookedAt = Instant.EPOCH;

    Hold(Dispatcher dispatcher, String instance) {
        this.dispatcher = dispatcher;
        this.instance = instance;
    }

    /** All that is pending is its own from now on. Answers up to where its frames are counted as captured. */
    EntryId begin(RedisConnection redis) {
        HandOff.Mark mark = dispatcher.mark(redis, instance);
        groups = mark.groups();
        return mark.cursor();
    }

    /**
     * Whether it is still so, as far as it is known: looks when it is time.
     *
     * @param settle
     *            settles what is on its way
     * @param told
     *            up to where this instance has counted then
     */
    boolean stands(RedisConnection redis, Instant now, Runnable settle, Supplier<EntryId> told) {
        if (!Interval.isOver(lookedAt, LOOK, now)) {
            return true;
        }
        lookedAt = now;
        settle.run();
        return dispatcher.stands(redis, instance, new HandOff.Mark(told.get(), groups));
    }
}
