package framebuffer.client.queue;

import framebuffer.redis.GroupReader;
import framebuffer.redis.RedisConnection;
import framebuffer.redis.RedisLoop;
import framebuffer.redis.RedisRefused;
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
 * Reads a work queue, never more frames than can start at once. A new connection begins with pending frames that are not in progress here:
 * on the first connection they are from an earlier incarnation, later from a lost reply.
 */
public final class QueueReader implements RedisLoop.Work {
    private static final Logger log = LoggerFactory.getLogger(QueueReader.class);
    private static final Duration WAIT = Duration.ofMillis(250);
    /** Interval, and minimum running time, for checks that a running handler's entry is still ours. */
    private static final Duration LOOK = Duration.ofSeconds(1);

    private final GroupReader group;
    private final ReadShare turns;
    private final Keys keys;
    private final InFlightFrames inProgress;
    private final Receiver receiver;
    private boolean connectedBefore;
    private long lookedAt = System.nanoTime();
    /** Whether pending entries are from an earlier incarnation. */
    private boolean inheriting = true;
    /** Position in the pending entries; null: all are read. */
    private @Nullable EntryId pendingReadTo = EntryId.FIRST;
    /** The last entry seen in the queue, whoever received it. */
    private EntryId seen = EntryId.FIRST;
    /** Whether entries may be waiting. */
    private boolean waiting = true;

    /**
     * How a reader shares the slots with the readers of other partitions.
     *
     * @param most frames read at once
     * @param alone whether it is the only reader, which may hold slots while it blocks in Redis
     */
    public record ReadShare(int most, boolean alone) {
        /** The share of one of several readers. */
        public static ReadShare of(HandlerSlots slots, int readers) {
            return new ReadShare(slots.share(readers), readers == 1);
        }
    }

    /** Receives the entries. */
    public interface Receiver {
        /** Starts an entry, which is in progress until it is answered. Must not block. */
        void received(EntryId entry, Fields fields);

        /** Handles an entry that was in progress when an earlier incarnation ended. */
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
            log.warn("group {} of {} had vanished; created it again from the start of the stream", group.group(),
                    group.stream());
        }
        connectedBefore = true;
        pendingReadTo = EntryId.FIRST;
        // Redis may have lost its last entries.
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

    /** Frees the slots of handlers whose frame was taken away, because they may never return. */
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

    /** Waits for a new entry without a slot, because other readers need it. */
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
        // An entry held before the request may be answered before the reply arrives, and is then no longer held.
        Set<EntryId> held = inProgress.held();
        List<StreamEntry> entries = group.readPending(redis, after, atMost);
        pendingReadTo = entries.isEmpty() ? null : entries.getLast().id();
        return entries.stream().filter(entry -> !held.contains(entry.id())).toList();
    }

    /** Acknowledges a pending entry whose frame was deleted, and counts it as lost: otherwise it would occupy room forever. */
    private void lost(RedisConnection redis, EntryId entry) {
        HandOff handOff = new HandOff(keys, group.consumer(), HandOff.HandOffLimits.DEFAULT);
        try {
            handOff.prepare(redis);
            handOff.begin(redis, new HandOff.HandOffBatch(FrameSource.queue(group.stream()), Map.of(), null,
                    List.of(new Move.Lost(entry, entry, Move.UNKNOWN_CAMERA)))).await();
        } catch (RedisRefused e) {
            if (!e.code().equals("NOPERM")) {
                throw e;
            }
            log.warn("entry {} was deleted from {} before it was answered; the service counts its frame as lost after"
                    + " the processing timeout, for this Redis user may not write the ledger", entry, group.stream());
            return;
        }
        log.error("a frame is lost: entry {} was deleted from {} before it was answered", entry, group.stream());
    }
}
