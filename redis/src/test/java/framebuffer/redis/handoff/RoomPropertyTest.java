package framebuffer.redis.handoff;

import static framebuffer.redis.testing.CaptureStream.KEYS;
import static framebuffer.redis.testing.CaptureStream.SOURCE;
import static framebuffer.redis.testing.CaptureStream.to;
import static org.assertj.core.api.Assertions.assertThat;

import framebuffer.redis.Replies;
import framebuffer.redis.StreamEntry;
import framebuffer.redis.queues.QueueSweep;
import framebuffer.redis.queues.WorkQueue;
import framebuffer.redis.testing.CaptureStream;
import framebuffer.redis.testing.TestRedis;
import framebuffer.wire.EntryId;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever processors do to their queue, its capacity is never exceeded, and no room is lost forever. */
@ParameterizedClass(name = "with {0} frames or more in a transaction")
@ValueSource(ints = {1, Integer.MAX_VALUE})
class RoomPropertyTest {
    @RegisterExtension
    static final TestRedis redis = new TestRedis();
    private static final String Q = "frames:ready:q";
    private static final int CAPACITY = 12;

    private final HandOff handOff;
    private final CaptureStream capture = new CaptureStream(redis);
    private final QueueSweep sweep = new QueueSweep(KEYS);
    private final List<StreamEntry> waiting = new ArrayList<>();
    private final List<String> groups = new ArrayList<>();

    RoomPropertyTest(int fewestInTransaction) {
        handOff = new HandOff(KEYS, CaptureStream.CONSUMER, HandOff.HandOffLimits.DEFAULT, fewestInTransaction);
    }

    @ParameterizedTest
    @MethodSource("framebuffer.redis.testing.Seeds#some")
    void outstandingNeverExceedsCapacity(long seed) {
        Random random = new Random(seed);
        handOff.prepare(redis.connection());
        WorkQueue.ensure(redis.connection(), Q);
        for (int step = 0; step < 150; step++) {
            String when = "seed " + seed + ", step " + step;
            switch (random.nextInt(12)) {
                case 0, 1, 2 -> handOff(1 + random.nextInt(6), when);
                case 3, 4 -> read(random);
                case 5, 6, 7 -> acknowledge(random, random.nextBoolean());
                case 8 -> sweep.sweep(redis.connection(), Map.of(Q, "q"));
                case 9 -> delete(random);
                case 10 -> changeGroups(random);
                default -> redis.call("XTRIM", Q, "MAXLEN", random.nextInt(CAPACITY));
            }
        }
        allIsAcknowledged();
        assertThat(redis.length(Q)).as("seed %d: the queue is swept", seed).isZero();
        assertThat(room(0)).as("seed %d: all room is free again", seed).isEqualTo(CAPACITY);
    }

    private void handOff(int count, String when) {
        int before = outstanding().size();
        waiting.addAll(capture.frames(count));
        int moved = CAPACITY - before - Math.max(0, CAPACITY - before - waiting.size());
        int room = room(count);
        int after = outstanding().size();
        assertThat(after).as(when).isLessThanOrEqualTo(Math.max(CAPACITY, before));
        assertThat(after - before).as(when).isLessThanOrEqualTo(Math.max(0, moved));
        assertThat(room).as(when).isLessThanOrEqualTo(Math.max(0, CAPACITY - after));
    }

    /** Hands off all waiting frames; returns the room that is left. */
    private int room(int count) {
        HandOff.BatchOutcome outcome = handOff
                .begin(redis.connection(), new HandOff.HandOffBatch(SOURCE, Map.of(Q, CAPACITY), null,
                        count == 0 ? List.of() : waiting.stream().<Move>map(frame -> to(frame, Q)).toList()))
                .await();
        for (int i = outcome.outcomes().size() - 1; i >= 0; i--) {
            if (outcome.outcomes().get(i) == Move.MoveOutcome.MOVED) {
                waiting.remove(i);
            }
        }
        return Objects.requireNonNull(outcome.room().get(Q));
    }

    /** Counts the outstanding entries one by one: existing, and unread or pending in some group. */
    private Set<EntryId> outstanding() {
        List<EntryId> present = redis.entries(Q).stream().map(StreamEntry::id).toList();
        if (groups.isEmpty()) {
            return new HashSet<>(present);
        }
        Set<EntryId> outstanding = new HashSet<>();
        for (Object one : Replies.list(redis.call("XINFO", "GROUPS", Q))) {
            List<?> group = Replies.list(one);
            EntryId delivered = EntryId.parse(Replies.text(group.get(7)));
            present.stream().filter(id -> id.compareTo(delivered) > 0).forEach(outstanding::add);
            outstanding.addAll(redis.pending(Q, Replies.text(group.get(1))));
        }
        outstanding.retainAll(present);
        return outstanding;
    }

    private void read(Random random) {
        for (String group : groups) {
            if (random.nextBoolean()) {
                redis.call("XREADGROUP", "GROUP", group, "me", "COUNT", 1 + random.nextInt(8), "STREAMS", Q, ">");
            }
        }
    }

    private void acknowledge(Random random, boolean deleting) {
        for (String group : groups) {
            List<EntryId> pending = new ArrayList<>(redis.pending(Q, group));
            Collections.shuffle(pending, random);
            for (EntryId id : pending.subList(0, Math.min(pending.size(), random.nextInt(5)))) {
                redis.call("XACK", Q, group, id.toString());
                if (deleting) {
                    redis.call("XDEL", Q, id.toString());
                }
            }
        }
    }

    private void delete(Random random) {
        List<StreamEntry> entries = redis.entries(Q);
        if (!entries.isEmpty()) {
            redis.call("XDEL", Q, entries.get(random.nextInt(entries.size())).id().toString());
        }
    }

    private void changeGroups(Random random) {
        if (!groups.isEmpty() && random.nextInt(3) == 0) {
            redis.call("XGROUP", "DESTROY", Q, groups.removeFirst());
        } else if (groups.size() < 3) {
            String group = "g" + random.nextInt();
            redis.call("XGROUP", "CREATE", Q, group, random.nextBoolean() ? "0" : "$");
            groups.add(group);
        } else {
            redis.call("XGROUP", "DELCONSUMER", Q, groups.getFirst(), "me");
        }
    }

    private void allIsAcknowledged() {
        if (groups.isEmpty()) {
            redis.call("XGROUP", "CREATE", Q, "late", "0");
            groups.add("late");
        }
        for (String group : groups) {
            redis.call("XREADGROUP", "GROUP", group, "me", "STREAMS", Q, ">");
            redis.pending(Q, group).forEach(id -> redis.call("XACK", Q, group, id.toString()));
        }
        for (int i = 0; i < 100 && redis.length(Q) > 0; i++) {
            sweep.sweep(redis.connection(), Map.of(Q, "q"));
        }
    }
}
