package framebuffer.orchestrator.observability.journey;

import framebuffer.orchestrator.processors.registry.Registry;
import framebuffer.redis.RedisAddress;
import framebuffer.redis.RedisConnection;
import framebuffer.redis.RedisRefused;
import framebuffer.redis.RedisUnavailable;
import framebuffer.redis.Replies;
import framebuffer.redis.StreamEntry;
import framebuffer.redis.cluster.FanOut;
import framebuffer.redis.cluster.InPartition;
import framebuffer.redis.frames.EntrySearch;
import framebuffer.redis.frames.EntrySearch.SearchCriteria;
import framebuffer.redis.frames.EntrySearch.SearchRange;
import framebuffer.redis.pixels.PixelLocation;
import framebuffer.wire.Keys;
import framebuffer.wire.control.Registration;
import framebuffer.wire.text.Fields;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Finds the picture of a frame: under its key, or in its entry. For any thread; each call opens its own connections.
 *
 * <p>
 * Methods throw {@link RedisUnavailable} when Redis is away, and {@link RedisRefused} when it refuses.
 */
public final class FramePictures {
    /** Most entries of a stream that are searched. */
    private static final int MOST = 5_000;
    private static final int MOST_IN_A_QUEUE = 2_000;
    /** Largest picture that is shown, in bytes. */
    private static final int LARGEST = 16 << 20;
    /** A search reads the streams of all frames, so few may run at once. */
    private static final int AT_ONCE = 2;
    /** A caller that waits holds a connection. */
    private static final Duration TURN_WITHIN = Duration.ofSeconds(2);

    private final List<InPartition<Registry>> partitions;
    private final @Nullable RedisAddress pixels;
    private final Semaphore turns = new Semaphore(AT_ONCE, true);

    /**
     * @param pixels the Redis of the pixels; null: that of the frames
     */
    public FramePictures(List<InPartition<Registry>> partitions, @Nullable RedisAddress pixels) {
        this.partitions = List.copyOf(partitions);
        this.pixels = pixels;
    }

    /** The picture under the key of the frame, as JPEG; empty: the key has left, or is not a JPEG. One look in each partition. */
    public Optional<byte[]> stored(String frameId) throws InterruptedException {
        begin();
        try {
            return underKey(frameId);
        } finally {
            turns.release();
        }
    }

    private Optional<byte[]> underKey(String frameId) {
        return FanOut.first(partitions, one -> stored(one, one.keys().pixels(frameId)));
    }

    private void begin() throws InterruptedException {
        if (!turns.tryAcquire(TURN_WITHIN.toNanos(), TimeUnit.NANOSECONDS)) {
            throw new RejectedExecutionException("others are searching");
        }
    }

    /**
     * The picture under the key of the frame, or else in its entry or under the key that its entry names, as JPEG; empty: it has left, the
     * pixels are not a JPEG, or the entry lies behind what is searched. Of each stream only the beginning is searched, and two callers
     * search at once.
     */
    public Optional<byte[]> find(String frameId) throws InterruptedException {
        begin();
        try {
            Optional<byte[]> stored = underKey(frameId);
            return stored.isPresent() ? stored : FanOut.first(partitions, one -> inEntry(one, frameId));
        } finally {
            turns.release();
        }
    }

    private Optional<byte[]> stored(InPartition<Registry> partition, String key) {
        RedisAddress where = pixels == null ? partition.partition().redis() : pixels;
        try (RedisConnection redis = RedisConnection.open(where.holding(key))) {
            // A producer may name any key, however large its value.
            return Replies.number(redis.call("STRLEN", key)) <= LARGEST
                    && redis.call("GET", key) instanceof byte[] found && isJpeg(found)
                            ? Optional.of(found)
                            : Optional.empty();
        } catch (RedisRefused e) {
            if (e.code().equals("WRONGTYPE")) {
                // The key has a value of another type.
                return Optional.empty();
            }
            throw e;
        }
    }

    /** A producer may name any key. Only a value that begins as a JPEG does is shown. */
    private static boolean isJpeg(byte[] bytes) {
        return bytes.length > 2 && bytes[0] == (byte) 0xFF && bytes[1] == (byte) 0xD8 && bytes[2] == (byte) 0xFF;
    }

    /** Searches the entry of the frame, wherever it is, for the pixels or for their key. Ends with the first picture. */
    private Optional<byte[]> inEntry(InPartition<Registry> partition, String frameId) {
        Keys keys = partition.keys();
        return partition.ask((redis, registry) -> Stream
                .concat(Stream.of(keys.capture(), keys.returned(), keys.deferred(), keys.deadLetter())
                        .flatMap(stream -> entries(redis, stream, MOST, frameId)),
                        registry.read().withQueues().stream().map(Registration::queue)
                                .flatMap(queue -> entries(redis, keys.queue(queue), MOST_IN_A_QUEUE, frameId)))
                .map(entry -> picture(partition, entry)).flatMap(Optional::stream).findFirst());
    }

    private Optional<byte[]> picture(InPartition<Registry> partition, Fields entry) {
        byte[] inline = PixelLocation.inline(entry);
        if (inline != null && isJpeg(inline)) {
            return Optional.of(inline);
        }
        byte[] key = PixelLocation.key(entry, partition.keys());
        return key == null ? Optional.empty() : stored(partition, new String(key, StandardCharsets.UTF_8));
    }

    private static Stream<Fields> entries(RedisConnection redis, String stream, int most, String frameId) {
        return EntrySearch.find(redis, stream, SearchRange.first(most), new SearchCriteria("frame_id", frameId,
                List.of("frame_id", "data", "image_data", "frame_buffer_key"))).stream().map(StreamEntry::fields)
                .flatMap(Stream::ofNullable);
    }
}
