package framebuffer.orchestrator.flowcontrol;

import framebuffer.redis.RedisAddress;
import framebuffer.redis.RedisConnection;
import framebuffer.redis.RedisRefused;
import framebuffer.redis.Replies;
import framebuffer.redis.StreamEntry;
import framebuffer.redis.cluster.Partition;
import framebuffer.redis.frames.EntrySearch;
import framebuffer.redis.frames.EntrySearch.SearchCriteria;
import framebuffer.redis.frames.EntrySearch.SearchRange;
import framebuffer.redis.frames.QueueDiscovery;
import framebuffer.redis.pixels.PixelLocation;
import framebuffer.redis.queues.DeadLetterStore;
import framebuffer.redis.queues.DeadLetterStore.DeadLetterPage;
import framebuffer.redis.queues.DeadLetterStore.DeadLetterQuery;
import framebuffer.redis.queues.DeadLetterStore.ListOrder;
import framebuffer.redis.queues.DeadLetterStore.StoredDeadLetter;
import framebuffer.redis.tables.CameraReportStore;
import framebuffer.redis.tables.PictureStore;
import framebuffer.wire.EntryId;
import framebuffer.wire.Keys;
import framebuffer.wire.text.Fields;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Deletes what one partition keeps of one camera, in steps that each block Redis only briefly. Its frames in flight stay, with their
 * pixels, and so does the ledger. For one use, on one thread.
 */
final class CameraErasure {
    private static final int STEP = 200;
    /** Most entries of a stream that are searched for frames in flight. */
    private static final int MOST = 200_000;

    private final Partition partition;
    private final Keys keys;
    private final @Nullable RedisAddress pixels;
    private final String camera;
    private final Set<String> inFlight = new HashSet<>();
    /** Keys of pixels that nothing needs any more. */
    private final Set<String> pixelKeys = new HashSet<>();

    /**
     * Numbers of what was deleted.
     *
     * @param results results
     * @param deadLetters dead letters
     * @param shedFrames records of shed frames
     * @param pictures annotated pictures
     * @param pixels pixels of frames
     * @param reports reports on the video: 1 or 0
     * @param inFlight frames in flight, which were left
     */
    record ErasedData(int results, int deadLetters, int shedFrames, int pictures, int pixels, int reports,
            int inFlight) {
        ErasedData plus(ErasedData other) {
            return new ErasedData(results + other.results, deadLetters + other.deadLetters,
                    shedFrames + other.shedFrames, pictures + other.pictures, pixels + other.pixels,
                    reports + other.reports, inFlight + other.inFlight);
        }

        /** Whether anything was found. */
        boolean isAny() {
            return results + deadLetters + shedFrames + pictures + pixels + reports + inFlight > 0;
        }
    }

    /**
     * @param pixels the Redis of the pixels; null: that of the partition
     */
    CameraErasure(Partition partition, @Nullable RedisAddress pixels, String camera) {
        this.partition = partition;
        this.keys = partition.keys();
        this.pixels = pixels;
        this.camera = camera;
    }

    ErasedData erase(RedisConnection redis) {
        // Frames in flight first: what ends meanwhile has left its pixels and its result, which a second request finds.
        findInFlight(redis);
        int results = entries(redis, keys.results());
        int shedFrames = entries(redis, keys.shed());
        int letters = letters(redis);
        int pictures = PictureStore.remove(redis, keys, camera);
        int reports = CameraReportStore.remove(redis, keys, List.of(camera));
        return new ErasedData(results, letters, shedFrames, pictures, pixels(redis), reports, inFlight.size());
    }

    private void findInFlight(RedisConnection redis) {
        Stream.concat(Stream.of(keys.capture(), keys.returned(), keys.deferred()),
                QueueDiscovery.read(redis, keys).keySet().stream())
                .forEach(stream -> EntrySearch.find(redis, stream, SearchRange.first(MOST),
                        new SearchCriteria("camera_id", camera, List.of("frame_id"))).stream()
                        .map(StreamEntry::fields).flatMap(Stream::ofNullable).map(fields -> fields.text("frame_id"))
                        .flatMap(Stream::ofNullable).forEach(inFlight::add));
    }

    /** Deletes the camera's entries of a stream that were there at the beginning. */
    private int entries(RedisConnection redis, String stream) {
        int deleted = 0;
        List<StreamEntry> newest = read(redis, "XREVRANGE", stream, "+", "-", "COUNT", 1);
        String last = newest.isEmpty() ? "-" : newest.getFirst().id().toString();
        List<StreamEntry> some = newest.isEmpty() ? List.of() : read(redis, "XRANGE", stream, "-", last, "COUNT", STEP);
        while (!some.isEmpty()) {
            List<Object> command = new ArrayList<>(List.of(stream));
            for (StreamEntry entry : some) {
                Fields fields = entry.fields();
                if (fields != null && camera.equals(fields.text("camera_id"))) {
                    command.add(entry.id().toString());
                    ended(fields.text("frame_id"));
                }
            }
            if (command.size() > 1) {
                deleted += (int) Replies.number(redis.call("XDEL", command.toArray()));
            }
            some = read(redis, "XRANGE", stream, "(" + some.getLast().id(), last, "COUNT", STEP);
        }
        return deleted;
    }

    private static List<StreamEntry> read(RedisConnection redis, String command, Object... arguments) {
        try {
            return Replies.entries(redis.call(command, arguments));
        } catch (RedisRefused e) {
            if (e.code().equals("WRONGTYPE")) {
                // Somebody uses the key for something else.
                return List.of();
            }
            throw e;
        }
    }

    private int letters(RedisConnection redis) {
        DeadLetterStore store = new DeadLetterStore(keys);
        int deleted = 0;
        EntryId last = store.newest(redis).orElse(EntryId.FIRST);
        DeadLetterQuery query = new DeadLetterQuery(ListOrder.OLDEST_FIRST, null, last, null, STEP);
        while (query != null) {
            DeadLetterPage page = store.list(redis, query);
            for (StoredDeadLetter letter : page.letters()) {
                if (camera.equals(letter.cameraId()) && store.delete(redis, letter.id())) {
                    deleted++;
                    byte[] key = PixelLocation.key(letter.letter().frame(), keys);
                    if (key != null && !inFlight.contains(letter.frameId())) {
                        pixelKeys.add(new String(key, StandardCharsets.UTF_8));
                    }
                }
            }
            query = page.next() == null ? null : query.after(page.next());
        }
        return deleted;
    }

    private void ended(@Nullable String frameId) {
        if (frameId != null && !inFlight.contains(frameId)) {
            pixelKeys.add(keys.pixels(frameId));
        }
    }

    /** A producer may only name keys that begin with {@code frame:}; what else it names is left alone. */
    private int pixels(RedisConnection redis) {
        List<String> ours = pixelKeys.stream().filter(key -> key.startsWith(keys.pixels(""))).toList();
        if (pixels == null) {
            return unlink(redis, ours);
        }
        try (RedisConnection other = RedisConnection.open(pixels)) {
            return unlink(other, ours);
        }
    }

    private int unlink(RedisConnection redis, List<String> some) {
        int deleted = 0;
        for (int from = 0; from < some.size(); from += STEP) {
            List<String> batch = some.subList(from, Math.min(some.size(), from + STEP));
            batch.forEach(key -> redis.send("UNLINK", List.of(key)));
            RedisRefused refused = null;
            for (int i = 0; i < batch.size(); i++) {
                try {
                    deleted += (int) Replies.number(redis.receive());
                } catch (RedisRefused e) {
                    refused = e;
                }
            }
            if (refused != null) {
                throw refused;
            }
        }
        return deleted;
    }

    @Override
    public String toString() {
        return camera + " in " + partition;
    }
}
