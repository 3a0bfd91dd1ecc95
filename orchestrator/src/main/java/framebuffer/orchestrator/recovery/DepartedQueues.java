package framebuffer.orchestrator.recovery;

import framebuffer.orchestrator.intake.Delivery;
import framebuffer.orchestrator.intake.Epoch;
import framebuffer.orchestrator.intake.Inbox;
import framebuffer.streams.Entry;
import framebuffer.streams.GroupReader;
import framebuffer.streams.RedisConnection;
import framebuffer.streams.RedisLoop;
import framebuffer.streams.RedisRefused;
import framebuffer.streams.handoff.Source;
import framebuffer.streams.work.WorkQueue;
import framebuffer.wire.EntryId;
import framebuffer.wire.Keys;
import framebuffer.wire.processor.Registration;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Empties the queues of processors that were unregistered: their frames go to others by the same step as new ones. First what the
 * processor had been given and not acknowledged, then what it had not read.
 */
public final class DepartedQueues implements RedisLoop.Work {
    private static final Logger log = LoggerFactory.getLogger(DepartedQueues.class);
    private static final Duration REST = Duration.ofMillis(100);
    private static final int BATCH = 200;

    private final Keys keys;
    private final String consumer;
    private final Inbox inbox;
    private final Departures departures;
    private final Map<String, Emptying> emptying = new HashMap<>();
    private final Epoch epoch = new Epoch();

    /** The processors that have departed and whose queues are not known to be empty. */
    public interface Departures {
        /** Their registrations, one for each queue. */
        Collection<Registration> departed();

        /** Its queue was found empty: it may be forgotten, if that is still so. */
        void emptied(Registration departed);
    }

    /** How far one queue has been read. */
    private static final class Emptying {
        private final GroupReader reader;
        private EntryId claimedUpTo = EntryId.FIRST;
        private boolean claiming = true;
        private @Nullable Delivery undelivered;

        Emptying(GroupReader reader) {
            this.reader = reader;
        }
    }

    public DepartedQueues(Keys keys, String consumer, Inbox inbox, Departures departures) {
        this.keys = keys;
        this.consumer = consumer;
        this.inbox = inbox;
        this.departures = departures;
    }

    /** Whatever was delivered is forgotten: begin again with all that is pending. From any thread. */
    public void beginAgain() {
        epoch.beginAgain();
    }

    @Override
    public void connected(RedisConnection redis) {
        beginAgain();
    }

    @Override
    public Duration rest() {
        return emptying.isEmpty() ? REST : Duration.ofMillis(5);
    }

    @Override
    public void turn(RedisConnection redis) throws InterruptedException {
        if (epoch.hasBegun()) {
            emptying.clear();
        }
        Collection<Registration> departed = departures.departed();
        emptying.keySet().retainAll(departed.stream().map(Registration::queue).toList());
        for (Registration processor : departed) {
            try {
                empty(redis, processor);
            } catch (RedisRefused e) {
                log.warn("cannot empty queue {} of the unregistered processor {}: {}", processor.queue(),
                        processor.id(),
                        e.getMessage());
                emptying.remove(processor.queue());
                departures.emptied(processor);
            }
        }
    }

    private void empty(RedisConnection redis, Registration processor) throws InterruptedException {
        String queue = keys.queue(processor.queue());
        if (WorkQueue.length(redis, queue) == 0) {
            departures.emptied(processor);
            return;
        }
        Emptying state = emptying.get(processor.queue());
        if (state == null) {
            state = new Emptying(reader(redis, queue));
            emptying.put(processor.queue(), state);
            log.info("processor {} is unregistered; its frames go to others", processor.id());
        }
        if (state.undelivered == null) {
            boolean begun = state.claiming;
            List<Entry> entries = next(redis, state);
            if (entries.isEmpty()) {
                return;
            }
            Source source = new Source(queue, state.reader.group(), Source.Kind.WAITED);
            state.undelivered = new Delivery(source, epoch.current(), entries, null, begun);
        }
        if (inbox.offer(state.undelivered, REST)) {
            state.undelivered = null;
        }
    }

    /** Its own group, so that what it read and did not acknowledge is found; one of ours when it never made one. */
    private GroupReader reader(RedisConnection redis, String queue) {
        List<String> groups = WorkQueue.groups(redis, queue);
        GroupReader reader = new GroupReader(queue, groups.isEmpty() ? WorkQueue.EMPTYING : groups.getFirst(),
                WorkQueue.emptying(consumer));
        if (groups.isEmpty()) {
            reader.ensureGroup(redis);
        }
        return reader;
    }

    private static List<Entry> next(RedisConnection redis, Emptying state) {
        if (state.claiming) {
            GroupReader.Claimed claimed = state.reader.claim(redis, state.claimedUpTo, BATCH);
            state.claimedUpTo = claimed.next();
            state.claiming = !claimed.next().equals(EntryId.FIRST);
            if (!claimed.gone().isEmpty()) {
                log.warn("{} frames in queue {} were deleted without being acknowledged", claimed.gone().size(),
                        state.reader.stream());
            }
            return claimed.entries();
        }
        return state.reader.readNew(redis, BATCH, Duration.ZERO);
    }
}
