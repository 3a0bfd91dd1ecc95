package framebuffer.orchestrator.intake;

import framebuffer.streams.Entry;
import framebuffer.streams.GroupReader;
import framebuffer.streams.RedisConnection;
import framebuffer.streams.RedisLoop;
import framebuffer.streams.handoff.Source;
import framebuffer.wire.EntryId;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads one source ahead of the pump: at first, and whenever it is told to begin again, what is pending for this consumer, then what
 * is new. It stops reading while the inbox is full.
 */
public final class SourceReader implements RedisLoop.Work {
    private static final Logger log = LoggerFactory.getLogger(SourceReader.class);
    private static final Duration WAIT = Duration.ofMillis(250);

    private final Source source;
    private final GroupReader reader;
    private final Inbox inbox;
    private final int batch;
    private final Epoch epoch = new Epoch();
    private boolean inHistory;
    private EntryId readUpTo = EntryId.FIRST;
    private @Nullable Delivery undelivered;

    /**
     * @param consumer
     *            the name of this instance in the group
     * @param batch
     *            entries read at once, at most
     */
    public SourceReader(Source source, String consumer, Inbox inbox, int batch) {
        this.source = source;
        this.reader = new GroupReader(source.stream(), source.group(), consumer);
        this.inbox = inbox;
        this.batch = batch;
    }

    /** Whatever was delivered is forgotten: begin again with all that is pending. From any thread. */
    public void beginAgain() {
        epoch.beginAgain();
    }

    @Override
    public void connected(RedisConnection redis) {
        if (reader.ensureGroup(redis) && epoch.current() > 0) {
            log.warn("group {} of {} had vanished; made anew from the start of the stream", source.group(),
                    source.stream());
        }
        beginAgain();
    }

    @Override
    public void turn(RedisConnection redis) throws InterruptedException {
        if (epoch.hasBegun()) {
            inHistory = true;
            readUpTo = EntryId.FIRST;
            undelivered = null;
        }
        if (undelivered == null) {
            undelivered = read(redis);
        }
        if (undelivered != null && inbox.offer(undelivered, WAIT)) {
            undelivered = null;
        }
    }

    private @Nullable Delivery read(RedisConnection redis) {
        List<Entry> entries = inHistory
                ? reader.readPending(redis, readUpTo, batch)
                : reader.readNew(redis, batch, WAIT);
        if (entries.isEmpty()) {
            inHistory = false;
            return null;
        }
        readUpTo = entries.getLast().id();
        return new Delivery(source, epoch.current(), entries, null, false, false);
    }
}
