package framebuffer.redis.queues;

import static framebuffer.redis.testing.CaptureStream.KEYS;
import static org.assertj.core.api.Assertions.assertThat;

import framebuffer.redis.Replies;
import framebuffer.redis.StreamEntry;
import framebuffer.redis.testing.TestRedis;
import framebuffer.wire.EntryId;
import framebuffer.wire.text.Fields;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class QueueSweepTest {
    @RegisterExtension
    static final TestRedis redis = new TestRedis();
    private static final String Q = "frames:ready:q";

    private final QueueSweep sweep = new QueueSweep(KEYS);

    private void fill(int frames) {
        for (int i = 0; i < frames; i++) {
            redis.add(Q, Fields.ofText("frame_id", "f", "camera_id", "cam", "capture_id", "1-" + i));
        }
        redis.call("HINCRBY", KEYS.ledger(), "captured:cam", frames);
    }

    private void group(String name) {
        redis.call("XGROUP", "CREATE", Q, name, "0", "MKSTREAM");
    }

    private List<EntryId> read(String group, int count) {
        List<?> streams = Replies
                .list(redis.call("XREADGROUP", "GROUP", group, "me", "COUNT", count, "STREAMS", Q, ">"));
        return streams.isEmpty()
                ? List.of()
                : Replies.entries(Replies.list(streams.getFirst()).get(1)).stream().map(StreamEntry::id).toList();
    }

    private void acknowledge(String group, Collection<EntryId> ids) {
        ids.forEach(id -> redis.call("XACK", Q, group, id.toString()));
    }

    private void delete(Collection<EntryId> ids) {
        ids.forEach(id -> redis.call("XDEL", Q, id.toString()));
    }

    private static QueueSweep.Removed removed(int entries) {
        return new QueueSweep.Removed(entries, List.of());
    }

    private int once() {
        return switch (sweep.sweep(redis.connection(), Map.of(Q, "p")).get(Q)) {
            case QueueSweep.Removed removed -> removed.entries();
            case QueueSweep.SweepRefused(String why) -> throw new AssertionError(why);
            case null -> throw new AssertionError("it was not swept");
        };
    }

    /** Sweeps until all entries of the queue have been inspected. */
    private int thoroughly() {
        int removed = 0;
        for (int i = 0; i < 2 * QueueSweep.LOOK_EVERY; i++) {
            removed += once();
        }
        return removed;
    }

    private List<EntryId> left() {
        return redis.entries(Q).stream().map(StreamEntry::id).toList();
    }

    private String done() {
        return redis.hash(KEYS.ledger()).getOrDefault("done:cam", "0");
    }

    @Test
    void whatIsAcknowledgedIsASuccess() {
        group("g");
        fill(3);
        redis.call("HSET", KEYS.circuits(), "p", "half-open 5 0 0 failures");
        assertThat(once()).isZero();
        assertThat(redis.hash(KEYS.circuits())).containsEntry("p", "half-open 5 0 0 failures");
        acknowledge("g", read("g", 2));
        assertThat(once()).isEqualTo(2);
        assertThat(redis.hash(KEYS.circuits())).as("once is enough").containsEntry("p", "half-open 5 1 0 failures");
    }

    @Test
    void manyQueuesAreSweptAtOnceAlsoWhenOneIsNoneAndRedisHasForgottenTheScript() {
        fill(3);
        group("g");
        acknowledge("g", read("g", 3));
        redis.call("SET", "frames:ready:none", "a text");
        redis.call("SCRIPT", "FLUSH");
        assertThat(sweep.sweep(redis.connection(), Map.of("frames:ready:none", "n", Q, "p", "frames:ready:gone", "g")))
                .isEqualTo(Map.of("frames:ready:none", removed(0), Q, removed(3), "frames:ready:gone", removed(0)));
    }

    @Test
    void itNamesThePixelsOfFramesThatHaveEndedIfTheirProducerLimitsThem() {
        group("g");
        redis.call("HSET", KEYS.parts(), "1-1", 2);
        for (int i = 0; i < 3; i++) {
            redis.add(Q, Fields.ofText("frame_id", "f" + i, "camera_id", "cam", "capture_id", "1-" + i,
                    "pixels_keep_ms", "5000"));
        }
        fill(1);
        acknowledge("g", read("g", 4));
        assertThat(sweep.sweep(redis.connection(), Map.of(Q, "p"))).isEqualTo(Map.of(Q, new QueueSweep.Removed(4,
                List.of(Fields.ofText("frame_id", "f0", "pixels_keep_ms", "5000"),
                        Fields.ofText("frame_id", "f2", "pixels_keep_ms", "5000")))));
    }

    @Test
    void whatIsAcknowledgedIsRemovedAtOnceAndCountedOnce() {
        group("any-name");
        fill(5);
        List<EntryId> read = read("any-name", 4);
        acknowledge("any-name", List.of(read.get(0), read.get(2)));
        assertThat(once()).isEqualTo(2);
        assertThat(thoroughly()).isZero();
        assertThat(left()).contains(read.get(1), read.get(3)).hasSize(3);
        assertThat(done()).isEqualTo("2");
        assertThat(redis.hash(KEYS.completed())).containsKey("p 16").containsKey("sum_ms");
    }

    @Test
    void nothingIsRemovedFromAQueueThatIsMissingOrNoStreamOrHasNoGroup() {
        assertThat(thoroughly()).isZero();
        fill(3);
        assertThat(thoroughly()).isZero();
        redis.call("DEL", Q);
        redis.call("SET", Q, "no stream");
        assertThat(thoroughly()).isZero();
    }

    @Test
    void whatNoGroupHasReadOrOneStillHoldsStays() {
        group("g");
        group("h");
        fill(6);
        List<EntryId> read = read("g", 6);
        read("h", 4);
        acknowledge("g", read);
        acknowledge("h", read.subList(1, 3));
        assertThat(thoroughly()).isEqualTo(2);
        assertThat(left()).doesNotContain(read.get(1), read.get(2)).hasSize(4);
    }

    @Test
    void acknowledgedByTwoGroupsWhileBothHoldOthersItIsRemoved() {
        group("g");
        group("h");
        fill(6);
        for (String group : List.of("g", "h")) {
            acknowledge(group, read(group, 6).subList(0, 3));
        }
        assertThat(once()).isEqualTo(3);
    }

    @Test
    void whatAGroupSkippedCountsAsAcknowledged() {
        fill(4);
        redis.call("XGROUP", "CREATE", Q, "late", "$");
        assertThat(thoroughly()).isEqualTo(4);
        assertThat(done()).isEqualTo("4");
        fill(3);
        read("late", 3);
        redis.call("XGROUP", "DELCONSUMER", Q, "late", "me");
        assertThat(thoroughly()).isEqualTo(3);
    }

    @Test
    void phantomsAmongThePendingHideNothingForLong() {
        group("g");
        fill(10);
        List<EntryId> read = read("g", 10);
        delete(read.subList(0, 5));
        acknowledge("g", read.subList(5, 8));
        assertThat(thoroughly()).isEqualTo(3);
        assertThat(left()).isEqualTo(read.subList(8, 10));
    }

    @Test
    void manyPhantomsInARowArePassed() {
        group("g");
        fill(1000);
        List<EntryId> read = read("g", 1000);
        delete(read.subList(1, 900));
        acknowledge("g", read.subList(950, 1000));
        assertThat(thoroughly()).isEqualTo(50);
        assertThat(left()).hasSize(51);
    }

    @Test
    void aLagThatIsTooLargeHidesNothingForLong() {
        group("g");
        fill(1);
        acknowledge("g", read("g", 1));
        once();
        fill(20);
        redis.call("XTRIM", Q, "MAXLEN", 5);
        acknowledge("g", read("g", 5));
        assertThat(thoroughly()).isEqualTo(5);
    }

    @Test
    void morePendingThanIsLookedAtInOneCall() {
        group("g");
        fill(1000);
        List<EntryId> read = read("g", 1000);
        acknowledge("g", List.of(read.get(0), read.get(450), read.get(999)));
        assertThat(thoroughly()).isEqualTo(3);
        assertThat(left()).hasSize(997);
    }

    @Test
    void aCallRemovesNoMoreThanItsShareAndTheNextGoesOn() {
        group("g");
        fill(450);
        acknowledge("g", read("g", 450));
        assertThat(List.of(once(), once(), once(), once())).containsExactly(200, 200, 50, 0);
        assertThat(done()).isEqualTo("450");
    }

    @Test
    void whatIsAcknowledgedBehindTheCursorIsFoundOnTheNextRound() {
        group("g");
        fill(600);
        List<EntryId> read = read("g", 600);
        acknowledge("g", List.of(read.get(599)));
        once();
        acknowledge("g", List.of(read.get(0)));
        assertThat(thoroughly()).isEqualTo(2);
    }

    @Test
    void entriesThatWeDidNotHandOffAreRemovedAndNotCounted() {
        group("g");
        redis.add(Q, Fields.ofText("camera_id", "cam"));
        redis.add(Q, Fields.ofText("capture_id", "1-1"));
        redis.add(Q, Fields.ofText("anything", "else"));
        acknowledge("g", read("g", 3));
        assertThat(once()).isEqualTo(3);
        assertThat(redis.hash(KEYS.ledger())).isEmpty();
    }

    @Test
    void aQueueWhoseIdsAreUsedUpIsSweptToItsEnd() {
        group("g");
        fill(199);
        redis.call("XADD", Q, "18446744073709551615-18446744073709551615", "camera_id", "cam", "capture_id", "1-1");
        List<EntryId> read = read("g", 300);
        acknowledge("g", read);
        assertThat(thoroughly()).isEqualTo(200);
        assertThat(once()).isZero();
    }

    @Test
    void theLastPossibleIdMayBePendingToo() {
        group("g");
        fill(5);
        redis.call("XADD", Q, "18446744073709551615-18446744073709551615", "camera_id", "cam", "capture_id", "1-1");
        List<EntryId> read = read("g", 300);
        acknowledge("g", read.subList(0, 5));
        assertThat(thoroughly()).isEqualTo(5);
        assertThat(left()).isEqualTo(read.subList(5, 6));
    }

    @Test
    void itWorksWithoutMemoryForThatIsHowMemoryIsFreed() {
        group("g");
        fill(3);
        acknowledge("g", read("g", 3));
        redis.call("CONFIG", "SET", "maxmemory", 1);
        try {
            assertThat(once()).isEqualTo(3);
        } finally {
            redis.call("CONFIG", "SET", "maxmemory", 0);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"frame-buffer:ledger", "frame-buffer:parts", "frame-buffer:completed"})
    void whatCannotBeCountedIsNotRemoved(String key) {
        group("g");
        fill(3);
        acknowledge("g", read("g", 3));
        redis.call("DEL", key);
        redis.call("SET", key, "in the way");
        assertThat(sweep.sweep(redis.connection(), Map.of(Q, "p")).get(Q)).isInstanceOfSatisfying(
                QueueSweep.SweepRefused.class,
                refused -> assertThat(refused.why()).contains(key));
        assertThat(left()).hasSize(3);
    }

    @Test
    void aQueueForgottenAndNamedAgainIsSweptFromItsStart() {
        group("g");
        fill(300);
        List<EntryId> read = read("g", 300);
        acknowledge("g", read.subList(299, 300));
        once();
        acknowledge("g", read.subList(0, 1));
        sweep.keepOnly(List.of());
        assertThat(once()).isEqualTo(1);
        assertThat(left()).doesNotContain(read.getFirst());
    }

    @ParameterizedTest
    @MethodSource("framebuffer.redis.testing.Seeds#some")
    void acknowledgedEntriesAreRemovedAndCountedOnceAndPendingOnesNever(long seed) {
        Random random = new Random(seed);
        List<String> groups = List.of("g", "h", "i").subList(0, 1 + random.nextInt(3));
        groups.forEach(this::group);
        Map<String, TreeSet<EntryId>> held = new HashMap<>();
        int deleted = 0;
        for (int step = 0; step < 60; step++) {
            String group = groups.get(random.nextInt(groups.size()));
            TreeSet<EntryId> mine = held.computeIfAbsent(group, g -> new TreeSet<>());
            switch (random.nextInt(5)) {
                case 0 -> fill(random.nextInt(150));
                case 1 -> mine.addAll(read(group, 1 + random.nextInt(300)));
                case 2 -> {
                    List<EntryId> some = new ArrayList<>(mine);
                    Collections.shuffle(some, random);
                    some = some.subList(0, some.size() * random.nextInt(5) / 4);
                    acknowledge(group, some);
                    mine.removeAll(some);
                }
                case 3 -> {
                    if (!mine.isEmpty() && random.nextInt(4) == 0) {
                        deleted += (int) Replies.number(redis.call("XDEL", Q, mine.first().toString()));
                    }
                }
                default -> once();
            }
            TreeSet<EntryId> there = new TreeSet<>(left());
            assertThat(Integer.parseInt(done())).as("seed %d, step %d", seed, step)
                    .isEqualTo(captured() - deleted - there.size());
        }
        for (String group : groups) {
            held.computeIfAbsent(group, g -> new TreeSet<>()).addAll(read(group, 100_000));
        }
        TreeSet<EntryId> owed = new TreeSet<>();
        held.values().forEach(owed::addAll);
        owed.retainAll(left());
        for (int i = 0; i < 10; i++) {
            thoroughly();
        }
        assertThat(left()).as("seed %d", seed).containsExactlyElementsOf(owed);
    }

    @Test
    void entriesAreLookedAtAgainOnlyWhenSomethingHasChanged() {
        group("g");
        fill(1000);
        List<EntryId> read = read("g", 1000);
        assertThat(thoroughly()).isZero();
        redis.call("CONFIG", "RESETSTAT");
        for (int i = 0; i < 10; i++) {
            assertThat(thoroughly()).isZero();
        }
        assertThat(redis.calls("xpending")).as("reads pending entries").isZero();
        acknowledge("g", read.subList(500, 501));
        assertThat(thoroughly()).isOne();
    }

    @Test
    void ofManyQueuesAFewAreDoubtedAtATime() {
        Map<String, String> all = new HashMap<>();
        for (int i = 0; i < 50; i++) {
            String queue = Q + i;
            redis.call("XADD", queue, "*", "a", "b");
            redis.call("XGROUP", "CREATE", queue, "g", "0");
            all.put(queue, "p" + i);
        }
        long most = 0;
        for (int i = 0; i < 3 * QueueSweep.LOOK_EVERY; i++) {
            redis.call("CONFIG", "RESETSTAT");
            sweep.sweep(redis.connection(), all);
            most = Math.max(most, redis.calls("xpending"));
        }
        assertThat(most).isBetween(1L, 5L);
    }

    @Test
    void whereNothingMovesNoEntryIsReadOrListed() {
        Map<String, String> all = new HashMap<>();
        for (int i = 0; i < 49; i++) {
            String queue = Q + i;
            redis.call("EVAL", "for i = 1, 1000 do redis.call('XADD', KEYS[1], i .. '-0', 'a', 'b') end", 1, queue);
            redis.call("XGROUP", "CREATE", queue, "g", "0");
            redis.call("XREADGROUP", "GROUP", "g", "c", "STREAMS", queue, ">");
            all.put(queue, "p" + i);
        }
        for (int i = 0; i < 10 * QueueSweep.LOOK_EVERY; i++) {
            sweep.sweep(redis.connection(), all);
        }
        QueueInspector looks = QueueInspector.of(redis.connection(), KEYS);
        Map<String, QueueInspection> before = looks.inspect(all, Map.of());
        redis.call("CONFIG", "RESETSTAT");
        for (int i = 0; i < 10 * QueueSweep.LOOK_EVERY; i++) {
            sweep.sweep(redis.connection(), all);
            before = looks.inspect(all, before);
        }
        assertThat(redis.calls("xrange") + redis.calls("xrevrange") + redis.calls("xpending")).isZero();
    }

    private int captured() {
        return Integer.parseInt(redis.hash(KEYS.ledger()).getOrDefault("captured:cam", "0"));
    }
}
