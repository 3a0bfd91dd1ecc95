package framebuffer.orchestrator.pipeline.intake;

import framebuffer.orchestrator.pipeline.intake.ReadEpochs.ReadEpoch;
import framebuffer.redis.StreamEntry;
import framebuffer.redis.handoff.FrameSource;
import framebuffer.redis.handoff.ReturnVerifier.JudgedReturns;
import framebuffer.wire.EntryId;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Decides what to read next from one source: first the entries that are pending for this consumer, then new ones. Reads nothing while the
 * inbox is full. For the reader's thread.
 */
final class ReadAhead {
    private static final Logger log = LoggerFactory.getLogger(ReadAhead.class);
    /** Entries in the first read, when the size of entries is unknown. */
    static final int UNTRIED = 16;

    private final FrameSource source;
    private final Inbox inbox;
    private final int batch;
    private final long bytes;
    private final Duration wait;
    /** Size of the largest recent entry; older entries weigh less. 0: none was read yet. */
    private long largest;
    private final ReadEpoch epoch = new ReadEpoch();
    private boolean inHistory;
    private EntryId readUpTo = EntryId.FIRST;
    private @Nullable Delivery undelivered;

    /** Reads of one source on one connection. */
    interface SourceReads {
        /** Creates the stream and its group where they are missing. Returns whether it created the group. */
        boolean ensureGroup();

        /** Entries that are pending for this consumer behind {@code after}, oldest first. */
        List<StreamEntry> readPending(EntryId after, int atMost);

        /** Entries that were never delivered; empty when none arrives within {@code wait}. */
        List<StreamEntry> readNew(int atMost, Duration wait);

        /** Tells frames that were handed off from others. */
        JudgedReturns judge(List<StreamEntry> returned);
    }

    /**
     * @param batch most entries in one read
     * @param bytes most bytes in one read, estimated from recent entries
     * @param wait longest wait for new entries, and for room in the inbox
     */
    ReadAhead(FrameSource source, Inbox inbox, int batch, long bytes, Duration wait) {
        this.source = source;
        this.inbox = inbox;
        this.batch = batch;
        this.bytes = bytes;
        this.wait = wait;
    }

    /** Reads all pending entries again, because the pump has forgotten the deliveries. From any thread. */
    void beginAgain() {
        epoch.beginAgain();
    }

    void connected(SourceReads reads) {
        ensureGroup(reads);
        beginAgain();
    }

    void turn(SourceReads reads) throws InterruptedException {
        if (epoch.hasBegun()) {
            inHistory = true;
            readUpTo = EntryId.FIRST;
            undelivered = null;
        }
        if (undelivered == null) {
            undelivered = read(reads);
        }
        if (undelivered == null) {
            return;
        }
        if (inbox.offer(undelivered, wait)) {
            undelivered = null;
        } else if (ensureGroup(reads)) {
            // While the inbox is full no read fails, so nothing else reveals that the entries are no longer pending.
            beginAgain();
        }
    }

    private boolean ensureGroup(SourceReads reads) {
        boolean made = reads.ensureGroup();
        if (made && epoch.current() > 0) {
            log.warn("group {} of {} was missing; it was made again and reads from the start of the stream",
                    source.group(), source.stream());
        }
        return made;
    }

    private @Nullable Delivery read(SourceReads reads) {
        List<StreamEntry> entries = inHistory
                ? reads.readPending(readUpTo, atOnce())
                : reads.readNew(atOnce(), wait);
        if (entries.isEmpty()) {
            inHistory = false;
            return null;
        }
        readUpTo = entries.getLast().id();
        largest = Math.max(largest * 7 / 8, entries.stream().mapToLong(ReadAhead::size).max().orElse(0));
        return source.kind() == FrameSource.SourceKind.CAPTURE
                ? new Delivery.Fresh(source, epoch.current(), entries)
                : new Delivery.Returned(source, epoch.current(), entries, reads.judge(entries));
    }

    private int atOnce() {
        return largest == 0 ? Math.min(batch, UNTRIED) : Math.clamp(bytes / largest, 1, batch);
    }

    private static long size(StreamEntry entry) {
        return entry.fields() == null ? 1 : entry.fields().bytes();
    }
}
