package framebuffer.redis.pixels;

import framebuffer.redis.RedisConnection;
import framebuffer.redis.Replies;
import framebuffer.redis.Script;
import framebuffer.wire.Keys;
import java.time.Duration;
import java.util.List;

/** Finds the keys of the pixels of frames in flight, in the streams where frames lie. Frames that carry their pixels have none. */
public final class InFlightPixels {
    /** Most entries in one slice. */
    public static final int ENTRIES = 300;

    /** Size of the entries after which a slice ends, in bytes. */
    static final int BYTES = 2 << 20;

    private static final Script READ = Script.reading("ids.lua", "read_pixel_keys.lua");
    private static final String START = "0-0";

    private final Keys keys;
    private final String group;
    private final Duration age;

    /**
     * @param group our group of the capture stream
     * @param age time since the capture from which a frame counts
     */
    public InFlightPixels(Keys keys, String group, Duration age) {
        this.keys = keys;
        this.group = group;
        this.age = age;
    }

    /**
     * A part of the frames.
     *
     * @param millis the time of Redis, in milliseconds
     * @param streams number of streams that were read to their end
     * @param last where to continue in the next stream; empty: at its beginning
     * @param pixels the keys
     */
    public record PixelSlice(long millis, int streams, String last, List<byte[]> pixels) {
    }

    /**
     * Reads a slice.
     *
     * @param streams streams to read, in order
     * @param since read only entries that came later, in milliseconds of Redis's time; 0: all
     * @param last {@link PixelSlice#last} of the slice before; empty: none
     */
    public PixelSlice read(RedisConnection redis, List<String> streams, long since, String last) {
        List<?> reply = Replies.list(READ.call(redis, streams,
                List.of(keys.capture(), group, age.toMillis(), keys.pixels(""), since <= 0 ? START : since + "-0", last,
                        ENTRIES, BYTES)));
        return new PixelSlice(Long.parseLong(Replies.text(reply.get(0))), (int) Replies.number(reply.get(1)),
                Replies.text(reply.get(2)), reply.subList(3, reply.size()).stream().map(byte[].class::cast).toList());
    }
}
