package framebuffer.redis.tables;

import framebuffer.redis.RedisConnection;
import framebuffer.redis.Replies;
import framebuffer.redis.Script;
import framebuffer.wire.Keys;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** The shares of one partition in Redis. */
record RedisShareStore(RedisConnection redis, Keys keys) implements ShareStore {
    private static final Script READ = Script.reading("room.lua", "read_shares.lua");
    // Runs even when Redis's memory is full, because each change lets frames leave and frees memory.
    private static final Script SET = Script.of("room.lua", "set_shares.lua");
    private static final Script REMOVE = Script.of("forget_shares.lua");

    @Override
    public Map<String, OwnShare> read(List<String> queues) {
        List<Object> touched = new ArrayList<>(List.of(keys.shares()));
        touched.addAll(queues);
        List<?> reply = Replies.list(READ.call(redis, touched, List.of()));
        Map<String, OwnShare> shares = HashMap.newHashMap(queues.size());
        for (int q = 0; q < queues.size(); q++) {
            shares.put(queues.get(q), new OwnShare(new VersionedCount(Replies.text(reply.get(2 * q))),
                    outstanding(reply.get(2 * q + 1))));
        }
        return shares;
    }

    private static OptionalLong outstanding(@Nullable Object reply) {
        long frames = Replies.number(reply);
        return frames < 0 ? OptionalLong.empty() : OptionalLong.of(frames);
    }

    @Override
    public Map<String, OwnShare> readAll() {
        Map<String, OwnShare> shares = new HashMap<>();
        Replies.map(redis.call("HGETALL", keys.shares())).forEach((queue, share) -> shares.put(queue,
                new OwnShare(new VersionedCount(new String(share, StandardCharsets.US_ASCII)), OptionalLong.empty())));
        return shares;
    }

    @Override
    public Map<String, OwnShare> set(List<ShareChange> changes) {
        Map<String, OwnShare> done = new HashMap<>();
        if (changes.isEmpty()) {
            return done;
        }
        List<Object> touched = new ArrayList<>(List.of(keys.shares()));
        List<Object> arguments = new ArrayList<>();
        for (ShareChange change : changes) {
            touched.add(change.queue());
            arguments.add(change.seen().text());
            arguments.add(change.wanted().text());
        }
        List<?> reply = Replies.list(SET.call(redis, touched, arguments));
        for (int c = 0; c < changes.size(); c++) {
            if (Replies.number(reply.get(2 * c)) == 1) {
                done.put(changes.get(c).queue(),
                        new OwnShare(changes.get(c).wanted(), outstanding(reply.get(2 * c + 1))));
            }
        }
        return done;
    }

    @Override
    public void remove(Map<String, OwnShare> seen, Map<String, String> owners) {
        if (!seen.isEmpty()) {
            List<Object> touched = new ArrayList<>(List.of(keys.shares(), keys.registry()));
            List<Object> arguments = new ArrayList<>();
            seen.forEach((queue, own) -> {
                touched.add(queue);
                arguments.add(own.share().text());
                arguments.add(owners.getOrDefault(queue, ""));
            });
            REMOVE.call(redis, touched, arguments);
        }
    }
}
