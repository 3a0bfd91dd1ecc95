package framebuffer.redis.tables;

import framebuffer.redis.RedisConnection;
import framebuffer.redis.Replies;
import framebuffer.redis.Script;
import framebuffer.redis.tables.ShareStore.Grants;
import framebuffer.redis.tables.ShareStore.VersionedCount;
import framebuffer.wire.Keys;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The grants of all partitions in Redis. */
record RedisGrants(RedisConnection redis, Keys first) implements Grants {
    private static final Script SET = Script.of("grant_shares.lua");
    private static final long REMOVE = -1;

    @Override
    public Instant now() {
        return Replies.time(redis.call("TIME"));
    }

    @Override
    public Reading publish(int partition, String demand) {
        EssentialWrites.execute(redis, List.of(List.of("HSET", first.demand(), Integer.toString(partition), demand)));
        redis.send("HGETALL", List.of(first.demand()));
        redis.send("HGETALL", List.of(first.grants()));
        redis.send("TIME", List.of());
        Map<String, String> demands = new HashMap<>();
        Replies.map(redis.receive())
                .forEach((number, report) -> demands.put(number, new String(report, StandardCharsets.UTF_8)));
        Map<String, VersionedCount> granted = new HashMap<>();
        Replies.map(redis.receive()).forEach((field, count) -> granted.put(field,
                new VersionedCount(new String(count, StandardCharsets.US_ASCII))));
        return new Reading(granted, demands, Replies.time(redis.receive()).getEpochSecond());
    }

    @Override
    public Map<String, VersionedCount> set(int partition, int partitions, List<GrantChange> changes) {
        Map<String, VersionedCount> done = new HashMap<>();
        if (changes.isEmpty()) {
            return done;
        }
        List<Object> arguments = new ArrayList<>(List.of(partition, partitions));
        changes.forEach(change -> arguments.addAll(List.of(change.processor(), change.capacity(),
                change.seen().version(), change.wanted().orElse(REMOVE))));
        List<?> reply = Replies.list(SET.call(redis, List.of(first.grants()), arguments));
        for (int c = 0; c < changes.size(); c++) {
            String version = Replies.text(reply.get(2 * c + 1));
            if (!version.isEmpty()) {
                done.put(changes.get(c).processor(), VersionedCount.of(Replies.number(reply.get(2 * c)), version));
            }
        }
        return done;
    }
}
