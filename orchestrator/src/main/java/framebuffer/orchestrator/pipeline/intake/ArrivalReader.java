package framebuffer.orchestrator.pipeline.intake;

import framebuffer.redis.GroupReader;
import framebuffer.redis.StreamEntry;
import framebuffer.redis.handoff.FrameSource;
import framebuffer.redis.handoff.FrameSource.SourceKind;
import framebuffer.redis.handoff.HandOff;
import framebuffer.wire.EntryId;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Takes deliveries of the readers and decodes their entries. Counts each captured frame once, and ignores deliveries from before a reader
 * began again. For the pump's thread.
 */
public final class ArrivalReader {
    private final List<FrameSource> sources;
    private final String consumer;
    private final Inbox inbox;
    private final Intake intake;
    private final CaptureCounter counter;
    private final BiConsumer<String, EntryId> captured;
    private final ReadEpochs epochs = new ReadEpochs();

    /**
     * @param sources the streams that are read; the first is the capture stream, whose frames are counted
     * @param consumer the name of this instance in the consumer group
     * @param captured receives camera and entry of each captured frame, once
     */
    public ArrivalReader(List<FrameSource> sources, String consumer, Inbox inbox, Intake intake,
            BiConsumer<String, EntryId> captured) {
        this.sources = List.copyOf(sources);
        this.consumer = consumer;
        this.inbox = inbox;
        this.intake = intake;
        this.counter = new CaptureCounter(consumer);
        this.captured = captured;
    }

    /** The capture stream. */
    public FrameSource capture() {
        return sources.getFirst();
    }

    /** The name of this instance in the consumer group. */
    public String consumer() {
        return consumer;
    }

    /** Readers of the streams, to inspect their pending entries. */
    public List<GroupReader> readers() {
        return sources.stream().map(source -> new GroupReader(source.stream(), source.group(), consumer)).toList();
    }

    /**
     * Begins a new epoch: earlier deliveries are ignored.
     *
     * @param cursor the newest entry that is counted in Redis for this consumer
     */
    public void begin(EntryId cursor) {
        counter.begin(cursor);
        epochs.next();
    }

    /** Makes all readers read their pending entries again. */
    public void beginAgain() {
        inbox.beginAgain();
    }

    /** Makes a waiting {@link #poll} return at once. From any thread. */
    public void wake() {
        inbox.wake();
    }

    /** The next delivery; see {@link Inbox#poll}. */
    public @Nullable Delivery poll(Duration atMost, Inbox.Room room) throws InterruptedException {
        return inbox.poll(atMost, room);
    }

    /** Whether the delivery is current; see {@link ReadEpochs#accepts}. */
    public boolean accepts(Delivery delivery, Runnable begins) {
        return epochs.accepts(delivery, begins);
    }

    /** Whether this is the current epoch of the source. */
    public boolean isCurrent(FrameSource source, long epoch) {
        return epochs.isCurrent(source, epoch);
    }

    /** Decodes an entry, and counts it when it is a captured frame that is read for the first time. */
    public Arrival read(Delivery delivery, StreamEntry entry, Instant now) {
        Arrival arrival = intake.read(delivery, entry, now);
        if (delivery.source().kind() == SourceKind.CAPTURE) {
            String camera = switch (arrival) {
                case Arrival.PendingFrame pending -> pending.frame().cameraId();
                case Arrival.TerminalArrival terminal -> terminal.move().camera();
            };
            if (counter.read(entry.id(), camera)) {
                captured.accept(camera, entry.id());
            }
        }
        return arrival;
    }

    /** Whether frames were counted that Redis does not know of. */
    public boolean hasNews() {
        return !counter.isEmpty();
    }

    /** The newest entry that is counted in Redis. */
    public EntryId told() {
        return counter.countedUpTo();
    }

    /** Takes the counts for the next batch; from now on they belong to Redis. */
    public HandOff.CapturedFrames take() {
        return counter.take();
    }
}
