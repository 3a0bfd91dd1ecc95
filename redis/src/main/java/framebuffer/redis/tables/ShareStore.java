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
import java.util.UUID;

/**
 * How the capacities of processors are shared out over partitions. What a partition may use stands in its own slot, where each hand-off
 * looks; what all of them have together stands in the first partition. A partition that wants more first gets it there, and one that
 * gives some up first stops using it: so whatever is lost on the way, no more is used than there is.
 *
 * <p>
 * Each of the steps is refused where somebody else was faster.
 */
public final class ShareStore {
    private static final Script LOOK = Script.reading("room.lua", "read_shares.lua");
    // To give frames to those who have room frees memory.
    private static final Script SET = Script.of("room.lua", "set_shares.lua");
    private static final Script FORGET = Script.of("forget_shares.lua");
    private static final Script GRANT = Script.of("grant_shares.lua");

    private ShareStore() {
    }

    /**
     * How many frames, and of which version: each change makes another.
     */
    public record VersionedCount(long frames, String version) {
        /** Nothing was ever given. */
        public static final VersionedCount NONE = new VersionedCount(0, "0");

        /** So many are kept of what there was. It is another share than any before, whatever it was. */
        public static VersionedCount givenUp(long kept) {
            return new VersionedCount(kept, "given-up " + UUID.randomUUID());
        }

        static VersionedCount parse(String text) {
            int space = text.indexOf(' ');
            return space < 0
                    ? NONE
                    : new VersionedCount(Long.parseLong(text.substring(0, space)), text.substring(space + 1));
        }

        String encode() {
            return frames + " " + version;
        }
    }

    /**
     * What a partition has of one processor.
     *
     * @param field
     *            as it stands in Redis; empty: nothing does
     * @param outstanding
     *            frames in the processor's queue there; -1: there is no such queue
     */
    public record OwnShare(String field, long outstanding) {
        /** What may be outstanding there. */
        public VersionedCount stand() {
            return VersionedCount.parse(field);
        }
    }

    /** Key of a queue → what the partition has of its processor. */
    public static Map<String, OwnShare> read(RedisConnection redis, Keys keys, List<String> queues) {
        List<Object> touched = new ArrayList<>(List.of(keys.shares()));
        touched.addAll(queues);
        List<?> reply = Replies.list(LOOK.call(redis, touched, List.of()));
        Map<String, OwnShare> shares = HashMap.newHashMap(queues.size());
        for (int q = 0; q < queues.size(); q++) {
            shares.put(queues.get(q),
                    new OwnShare(Replies.text(reply.get(2 * q)), Replies.number(reply.get(2 * q + 1))));
        }
        return shares;
    }

    /**
     * A share that is to be set.
     *
     * @param seen
     *            the field as it was seen
     * @param wanted
     *            as it is to be
     */
    public record ShareChange(String queue, String seen, VersionedCount wanted) {
    }

    /** The command by which a queue has a share from the beginning, of nothing: without one, its processor's whole capacity could be used. */
    public static List<Object> begin(Keys keys, String queue) {
        return List.of("HSETNX", keys.shares(), queue, VersionedCount.givenUp(0).encode());
    }

    /** Sets shares; answers for each changed one how it stands and what is outstanding; those that were another meanwhile are not there. */
    public static Map<String, OwnShare> set(RedisConnection redis, Keys keys, List<ShareChange> changes) {
        Map<String, OwnShare> done = new HashMap<>();
        if (changes.isEmpty()) {
            return done;
        }
        List<Object> touched = new ArrayList<>(List.of(keys.shares()));
        List<Object> arguments = new ArrayList<>();
        for (ShareChange change : changes) {
            touched.add(change.queue());
            arguments.add(change.seen());
            arguments.add(change.wanted().encode());
        }
        List<?> reply = Replies.list(SET.call(redis, touched, arguments));
        for (int c = 0; c < changes.size(); c++) {
            if (Replies.number(reply.get(2 * c)) == 1) {
                done.put(changes.get(c).queue(),
                        new OwnShare(changes.get(c).wanted().encode(), Replies.number(reply.get(2 * c + 1))));
            }
        }
        return done;
    }

    /**
     * Forgets shares, each only where it still is what was seen, and where there is no queue, which who is registered has, or its owner is
     * registered and not shared out.
     *
     * @param owners
     *            queue → id of the processor whose it is, as far as known
     */
    public static void forget(RedisConnection redis, Keys keys, Map<String, OwnShare> seen,
            Map<String, String> owners) {
        if (!seen.isEmpty()) {
            List<Object> touched = new ArrayList<>(List.of(keys.shares(), keys.registry()));
            List<Object> fields = new ArrayList<>();
            seen.forEach((queue, share) -> {
                touched.add(queue);
                fields.add(share.field());
                fields.add(owners.getOrDefault(queue, ""));
            });
            FORGET.call(redis, touched, fields);
        }
    }

    /** Key of each queue that has a share → that; what is outstanding is not looked at. */
    public static Map<String, OwnShare> all(RedisConnection redis, Keys keys) {
        Map<String, OwnShare> shares = new HashMap<>();
        Replies.map(redis.call("HGETALL", keys.shares()))
                .forEach((queue, field) -> shares.put(queue,
                        new OwnShare(new String(field, StandardCharsets.US_ASCII), -1)));
        return shares;
    }

    /**
     * What all partitions have and could use.
     *
     * @param granted
     *            by processor id, a space, and the number of a partition
     * @param demand
     *            number of a partition → what it said last
     * @param seconds
     *            Redis's clock
     */
    public record ShareReading(Map<String, VersionedCount> granted, Map<String, String> demand, long seconds) {
        /** What a partition has of a processor. */
        public VersionedCount granted(String processor, int partition) {
            return granted.getOrDefault(processor + ' ' + partition, VersionedCount.NONE);
        }
    }

    /**
     * Says what a partition could use, and reads what all have and could.
     *
     * @param first
     *            the keys of the first partition, where that stands
     */
    public static ShareReading publish(RedisConnection redis, Keys first, int partition, String demand) {
        EssentialWrites.execute(redis, List.of(List.of("HSET", first.demand(), Integer.toString(partition), demand)));
        redis.send("HGETALL", List.of(first.demand()));
        redis.send("HGETALL", List.of(first.grants()));
        redis.send("TIME", List.of());
        Map<String, String> demands = new HashMap<>();
        Replies.map(redis.receive())
                .forEach((number, said) -> demands.put(number, new String(said, StandardCharsets.UTF_8)));
        Map<String, VersionedCount> granted = new HashMap<>();
        Replies.map(redis.receive()).forEach(
                (field, stand) -> granted.put(field,
                        VersionedCount.parse(new String(stand, StandardCharsets.US_ASCII))));
        return new ShareReading(granted, demands, Replies.time(redis.receive()).getEpochSecond());
    }

    /**
     * What a partition asks for, or gives back.
     *
     * @param version
     *            of what it has, as it knows it
     * @param wanted
     *            how many frames it wants to have; -1: the processor is gone
     */
    public record ShareRequest(String processor, int capacity, String version, long wanted) {
    }

    /** What the partition has after that, by processor, and of another version; those of which nothing was done are not there. */
    public static Map<String, VersionedCount> grant(RedisConnection redis, Keys first, int partition, int partitions,
            List<ShareRequest> wishes) {
        Map<String, VersionedCount> stands = new HashMap<>();
        if (wishes.isEmpty()) {
            return stands;
        }
        List<Object> arguments = new ArrayList<>(List.of(partition, partitions));
        wishes.forEach(wish -> arguments
                .addAll(List.of(wish.processor(), wish.capacity(), wish.version(), wish.wanted())));
        List<?> reply = Replies.list(GRANT.call(redis, List.of(first.grants()), arguments));
        for (int w = 0; w < wishes.size(); w++) {
            String version = Replies.text(reply.get(2 * w + 1));
            if (!version.isEmpty()) {
                stands.put(wishes.get(w).processor(), new VersionedCount(Replies.number(reply.get(2 * w)), version));
            }
        }
        return stands;
    }
}
