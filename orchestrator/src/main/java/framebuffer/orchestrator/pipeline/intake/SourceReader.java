package framebuffer.orchestrator.pipeline.intake;

import framebuffer.redis.GroupReader;
import framebuffer.redis.RedisConnection;
import framebuffer.redis.RedisLoop;
import framebuffer.redis.StreamEntry;
import framebuffer.redis.handoff.FrameSource;
import framebuffer.redis.handoff.OrchestratorGroup;
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
    /** So many are read at first, when it is not known how large they are. */
    private static final int UNTRIED = 16;
    private static final Duration WAIT = Duration.ofMillis(100);

    private final FrameSource source;
    private final GroupReader reader;
    private final OrchestratorGroup group;
    private final Inbox inbox;
    private final int batch;
    private final long bytes;
    /** Of the entries read last, and of those before them the less the longer ago; 0: none was read yet. */
    private long largest;
    private final ReadEpoch epoch = new ReadEpoch();
    private boolean inHistory;
    private EntryId readUpTo = EntryId.FIRST;
    private @Nullable Delivery undelivered;

    /**
     * @param group
     *            of the source that is read, and which source
     * @param consumer
     *            the name of this instance in the group
     * @param batch
     *            entries read at once, at most
     * @param bytes
     *            read at once, at most, as far as the size of the last ones tells that of the next
     */
    public SourceReader(OrchestratorGroup group, String consumer, Inbox inbox, int batch, long bytes) {
        this.group = group;
        this.source = group.source();
        this.reader = new GroupReader(source.stream(), source.group(), consumer);
        this.inbox = inbox;
        this.batch = batch;
        this.bytes = bytes;
    }

    /** Whatever was delivered is forgotten: begin again with all that is pending. From any thread. */
    public void beginAgain() {
        epoch.beginAgain();
    }

    @Override
    public void connected(RedisConnection redis) {
        ensureGroup(redis);
        beginAgain();
    }

    private boolean ensureGroup(RedisConnection redis) {
        boolean made = group.ensure(redis);
        if (made && epoch.current() > 0) {
            log.warn("group {} of {} had vanished; made anew from the start of the stream", source.group(),
                    source.stream());
        }
        return made;
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
        if (undelivered == null) {
            return;
        }
        if (inbox.offer(undelivered, WAIT)) {
            undelivered = null;
        } else if (ensureGroup(redis)) {
            // Who does not read would not learn that what it has read is not its own any more.
            beginAgain();
        }
    }

    private @Nullable Delivery read(RedisConnection redis) {
        List<StreamEntry> entries = inHistory
                ? reader.readPending(redis, readUpTo, atOnce())
                : reader.readNew(redis, atOnce(), WAIT);
        if (entries.isEmpty()) {
            inHistory = false;
            return null;
        }
        readUpTo = entries.getLast().id();
        largest = Math.max(largest * 7 / 8, entries.stream().mapToLong(SourceReader::size).max().orElse(0));
        return source.kind() == FrameSource.SourceKind.CAPTURE
                ? new Delivery.Fresh(source, epoch.current(), entries)
                : new Delivery.Returned(source, epoch.current(), entries);
    }

    private int atOnce() {
        return largest == 0 ? Math.min(batch, UNTRIED) : Math.clamp(bytes / largest, 1, batch);
    }

    private static long size(StreamEntry entry) {
        return entry.fields() == null ? 1 : entry.fields().bytes();
    }
}
