package framebuffer.client.queue;

import framebuffer.redis.GroupReader;
import framebuffer.redis.RedisConnection;
import framebuffer.redis.RedisLoop;
import framebuffer.redis.StreamEntry;
import framebuffer.redis.handoff.FrameSource;
import framebuffer.redis.handoff.HandOff;
import framebuffer.redis.handoff.Move;
import framebuffer.wire.EntryId;
import framebuffer.wire.Keys;
import framebuffer.wire.text.Fields;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads a work queue, never more than can be started at once. On each new connection it begins with what was delivered to this
 * processor before and is not in progress here: on the first, an earlier life of it left that behind; later, a reply was lost.
 */
public final class QueueReader implements RedisLoop.Work {
    private static final Logger log = LoggerFactory.getLogger(QueueReader.class);
    private static final Duration WAIT = Duration.ofMillis(250);
    /** How often it is looked whether what a handler has had for as long is still ours. */
    private static final Duration LOOK = Duration.ofSeconds(1);

    private final GroupReader group;
    private final ReadShare turns;
    private final Keys keys;
    private final InFlightFrames inProgress;
    private final Receiver receiver;
    private boolean connectedBefore;
    private long lookedAt = System.nanoTime();
    /** Whether what is pending was left by an earlier life. */
    private boolean inheriting = true;
    /** How far the pending entries have been read; null: all of them. */
    private @Nullable EntryId pendingReadTo = EntryId.FIRST;
    /** The last entry that was seen in the queue, whoever was given it. */
    private EntryId seen = EntryId.FIRST;
    /** Whether something may wait. */
    private boolean waiting = true;

    /**
     * How it shares the slots with those who read in other partitions.
     *
     * @param most
     *            frames read at once
     * @param alone
     *            whether nobody else reads: then it may hold slots while it waits in Redis for frames
     */
    public record ReadShare(int most, boolean alone) {
        /** One of so many that read. */
        public static ReadShare of(HandlerSlots slots, int readers) {
            return new ReadShare(slots.share(readers), readers == 1);
        }
    }

    /** Who gets what was read. */
    public interface Receiver {
        /** An entry is in progress from now until it is answered. Returns at once. */
        void received(EntryId entry, Fields fields);

        /** The same for one that an earlier life of this processor had in progress when it ended. */
        void inherited(EntryId entry, Fields fields);
    }

    public QueueReader(GroupReader group, ReadShare turns, Keys keys, InFlightFrames inProgress, Receiver receiver) {
        this.group = group;
        this.turns = turns;
        this.keys = keys;
        this.inProgress = inProgress;
        this.receiver = receiver;
    }

    @Override
    public void connected(RedisConnection redis) {
        if (group.ensureGroup(redis) && connectedBefore) {
            log.warn("group {} of {} had vanished; created it anew from the start of the stream", group.group(),
                    group.stream());
        }
        connectedBefore = true;
        pendingReadTo = EntryId.FIRST;
        // It may be a Redis that has forgotten its last entries.
        seen = EntryId.FIRST;
        waiting = true;
    }

    @Override
    public void runOnce(RedisConnection redis) throws InterruptedException {
        letGoOfTaken(redis);
        if (!turns.alone() && pendingReadTo == null && !waiting) {
            awaitEntry(redis);
            return;
        }
        int free = inProgress.take(turns.most(), WAIT);
        if (free == 0) {
            return;
        }
        try {
            for (StreamEntry entry : read(redis, free)) {
                Fields fields = entry.fields();
                if (fields == null) {
                    lost(redis, entry.id());
                } else if (inProgress.begin(entry.id())) {
                    free--;
                    receive(entry.id(), fields);
                }
            }
        } finally {
            inProgress.giveBack(free);
        }
    }

    /** A handler that runs on after its frame was taken away, or never returns, keeps no slot. */
    private void letGoOfTaken(RedisConnection redis) {
        long now = System.nanoTime();
        if (now - lookedAt < LOOK.toNanos()) {
            return;
        }
        lookedAt = now;
        for (EntryId entry : inProgress.runningFor(LOOK)) {
            if (!group.holds(redis, entry) && inProgress.abandon(entry)) {
                log.warn("entry {} of {} was taken away while its handler ran; it is interrupted, and its slot is free",
                        entry, group.stream());
            }
        }
    }

    /** Waits without a slot, which others need, until there is an entry that was not seen before. */
    private void awaitEntry(RedisConnection redis) {
        EntryId found = group.awaitBehind(redis, seen, WAIT);
        if (found != null) {
            seen = found;
            waiting = true;
        }
    }

    private void receive(EntryId entry, Fields fields) {
        if (inheriting) {
            receiver.inherited(entry, fields);
        } else {
            receiver.received(entry, fields);
        }
    }

    private List<StreamEntry> read(RedisConnection redis, int atMost) {
        EntryId after = pendingReadTo;
        if (after == null) {
            inheriting = false;
            List<StreamEntry> entries = group.readNew(redis, atMost, turns.alone() ? WAIT : Duration.ZERO);
            waiting = entries.size() == atMost;
            seen = entries.isEmpty() ? seen : entries.getLast().id();
            return entries;
        }
        // What was held before the question may be answered by the time of the reply, and is then no longer held.
        Set<EntryId> held = inProgress.held();
        List<StreamEntry> entries = group.readPending(redis, after, atMost);
        pendingReadTo = entries.isEmpty() ? null : entries.getLast().id();
        return entries.stream().filter(entry -> !held.contains(entry.id())).toList();
    }

    /** A pending entry whose frame somebody deleted would hold room for ever. It is acknowledged, and counted as lost. */
    private void lost(RedisConnection redis, EntryId entry) {
        HandOff handOff = new HandOff(keys, group.consumer(), HandOff.HandOffLimits.DEFAULT);
        handOff.prepare(redis);
        handOff.begin(redis, new HandOff.HandOffBatch(FrameSource.queue(group.stream()), Map.of(), null,
                List.of(new Move.Lost(entry, entry, Move.UNKNOWN_CAMERA)))).await();
        log.error("a frame is lost: entry {} was deleted from {} before it was answered", entry, group.stream());
    }
}
