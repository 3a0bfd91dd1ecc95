package framebuffer.redis.tables;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import framebuffer.redis.RedisRefused;
import framebuffer.redis.tables.AffinityStore.AffinityAnswer;
import framebuffer.redis.tables.AffinityStore.AffinityUpdate;
import framebuffer.redis.testing.TestRedis;
import framebuffer.testkit.Await;
import framebuffer.wire.CameraNeed;
import framebuffer.wire.Keys;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class AffinityStoreTest {
    @RegisterExtension
    static final TestRedis REDIS = new TestRedis();

    private static final Keys KEYS = new Keys("{p0}");
    private static final CameraNeed YARD = new CameraNeed("yard", "face");
    private static final CameraNeed HALL = new CameraNeed("hall\nway", "");

    private AffinityStore table = new AffinityStore(KEYS, Duration.ofHours(1));

    private AffinityAnswer read(String version) {
        return table.sync(REDIS.connection(), new AffinityUpdate(version, List.of(), Map.of()));
    }

    private AffinityAnswer wish(String version, CameraNeed need, String processor) {
        return table.sync(REDIS.connection(), new AffinityUpdate(version, List.of(), Map.of(need, processor)));
    }

    private Map<CameraNeed, String> all() {
        return read(AffinityStore.NO_VERSION).entries();
    }

    @Test
    void whatIsWishedOnTheVersionThatStandsIsAssigned() {
        AffinityAnswer answer = wish(read("").version(), YARD, "face-1");
        assertThat(answer.whole()).isTrue();
        assertThat(answer.entries()).containsExactly(Map.entry(YARD, "face-1"));
        assertThat(wish(answer.version(), HALL, "face-2").entries()).containsExactly(Map.entry(HALL, "face-2"));
        assertThat(all()).containsExactlyInAnyOrderEntriesOf(Map.of(YARD, "face-1", HALL, "face-2"));
    }

    @Test
    void ofTwoWhoWishAtOnceTheSecondIsToldWhatTheFirstDid() {
        String version = wish(read("").version(), HALL, "face-1").version();
        wish(version, YARD, "face-1");
        AffinityAnswer late = wish(version, YARD, "face-2");
        assertThat(late.whole()).isFalse();
        assertThat(late.entries()).containsExactly(Map.entry(YARD, "face-1"));
        assertThat(all()).containsEntry(YARD, "face-1");
    }

    @Test
    void whoKnowsTheVersionThatStandsIsToldNothing() {
        String version = wish(read("").version(), YARD, "face-1").version();
        assertThat(read(version)).isEqualTo(new AffinityAnswer(version, false, Map.of()));
    }

    @Test
    void whoIsFarBehindIsToldTheWholeTable() {
        String old = wish(read("").version(), HALL, "face-1").version();
        String version = old;
        for (int i = 0; i < 15; i++) {
            Map<CameraNeed, String> many = new HashMap<>();
            for (int j = 0; j < 100; j++) {
                many.put(new CameraNeed("cam" + j, "face"), "p" + i);
            }
            version = table.sync(REDIS.connection(), new AffinityUpdate(version, List.of(), many)).version();
        }
        AffinityAnswer answer = read(old);
        assertThat(answer.whole()).isTrue();
        assertThat(answer.entries()).hasSize(101).containsEntry(HALL, "face-1");
        assertThat(REDIS.length(KEYS.affinityChanges())).isLessThan(1_200);
    }

    @Test
    void afterRedisWasEmptiedTheTableIsNewToEverybody() {
        String version = wish(read("").version(), YARD, "face-1").version();
        REDIS.call("FLUSHALL");
        assertThat(read(version)).isEqualTo(new AffinityAnswer("0-0", true, Map.of()));
        wish("0-0", HALL, "face-2");
        assertThat(read(version).entries()).containsExactly(Map.entry(HALL, "face-2"));
    }

    @Test
    void whatNobodySawForSoLongIsForgottenAndWhatWasSeenIsNot() {
        String version = wish(read("").version(), YARD, "face-1").version();
        wish(version, HALL, "face-2");
        IntStream.range(0, 2).forEach(i -> REDIS.call("ZADD", KEYS.affinitySeen(), 1_000L,
                (i == 0 ? YARD : HALL).encode()));
        AffinityAnswer answer = table.sync(REDIS.connection(), new AffinityUpdate(version, List.of(HALL), Map.of()));
        assertThat(answer.entries()).containsEntry(YARD, "");
        assertThat(all()).containsExactly(Map.entry(HALL, "face-2"));
        assertThat(REDIS.call("ZCARD", KEYS.affinitySeen())).isEqualTo(1L);
    }

    @Test
    void anAssignmentIsForgottenByItselfWhenItsTimeIsUp() {
        table = new AffinityStore(KEYS, Duration.ofMillis(30));
        wish(read("").version(), YARD, "face-1");
        Await.until("it is forgotten", () -> all().isEmpty());
    }

    @Test
    void whatIsSeenAndNotAssignedLeavesNothingBehind() {
        table.sync(REDIS.connection(), new AffinityUpdate("", List.of(YARD), Map.of()));
        assertThat(REDIS.everything()).isEmpty();
    }

    @Test
    void aKeyOfAnotherTypeIsRefusedAndNothingIsWritten() {
        for (String key : List.of(KEYS.affinity(), KEYS.affinityChanges(), KEYS.affinitySeen())) {
            REDIS.call("FLUSHALL");
            REDIS.call("SET", key, "in the way");
            assertThatThrownBy(() -> wish("0-0", YARD, "face-1")).isInstanceOf(RedisRefused.class);
            assertThat(REDIS.everything()).containsOnlyKeys(key);
        }
    }
}
