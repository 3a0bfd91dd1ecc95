package framebuffer.migration.shadow;

import framebuffer.migration.gate.GateStreams;
import framebuffer.redis.RedisConnection;
import framebuffer.redis.Replies;
import framebuffer.redis.Script;
import framebuffer.redis.StreamEntry;
import framebuffer.wire.EntryId;
import framebuffer.wire.Keys;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** The shadow in Redis: the frames that it reads, and its records. */
public final class ShadowStore {
    private static final String LUA = "/framebuffer/migration/";
    private static final Script READ = Script.of("ids.lua", LUA + "streams.lua", LUA + "read_shadow.lua");
    private static final Script TURN = Script.of("ids.lua", LUA + "streams.lua", LUA + "turn_shadow.lua");
    /** Most frames that one turn reads. */
    static final int BATCH = 64;
    /** Most records that are kept; Redis may keep some more. */
    static final int MOST_RECORDS = 100_000;
    private static final int PAGE = 1_000;

    private ShadowStore() {
    }

    /**
     * What one turn has read.
     *
     * @param now when, by Redis's clock
     * @param last the last frame that was ever read
     * @param older the last frame that the older service has read
     * @param frames the frames
     */
    record ShadowRead(Instant now, EntryId last, EntryId older, List<StreamEntry> frames) {
        boolean isFull() {
            return frames.size() == BATCH;
        }
    }

    /**
     * Begins or ends the shadow.
     *
     * @return false: the gate is open, and nothing was changed
     */
    public static boolean turn(RedisConnection redis, GateStreams streams, boolean on) {
        Keys keys = streams.keys();
        return Replies.number(TURN.call(redis, List.of(keys.produced(), keys.control()),
                List.of(streams.group(), Boolean.toString(on)))) == 1;
    }

    /** Reads the next frames; empty: there is no shadow now. */
    static Optional<ShadowRead> read(RedisConnection redis, GateStreams streams) {
        Keys keys = streams.keys();
        List<?> reply = Replies.list(READ.call(redis, List.of(keys.produced(), keys.control()),
                List.of(streams.group(), streams.legacyGroup(), BATCH)));
        return reply.isEmpty()
                ? Optional.empty()
                : Optional.of(new ShadowRead(Replies.time(reply), EntryId.parse(Replies.text(reply.get(2))),
                        EntryId.parse(Replies.text(reply.get(3))), Replies.entries(reply.get(4))));
    }

    /** Appends records in one pipeline. A crash here loses them: they are no frames. */
    static void append(RedisConnection redis, Keys keys, List<ShadowRecord> records) {
        for (ShadowRecord one : records) {
            redis.send("XADD", one.line(keys.shadow(), MOST_RECORDS));
        }
        redis.flush();
        for (int i = 0; i < records.size(); i++) {
            redis.receive();
        }
    }

    /** The records after this entry, the oldest first; a bounded page of them. */
    static List<StreamEntry> page(RedisConnection redis, Keys keys, EntryId after) {
        return Replies.entries(redis.call("XRANGE", keys.shadow(), "(" + after, "+", "COUNT", PAGE));
    }
}
