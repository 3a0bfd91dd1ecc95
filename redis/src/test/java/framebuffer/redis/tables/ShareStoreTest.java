package framebuffer.redis.tables;

import static org.assertj.core.api.Assertions.assertThat;

import framebuffer.redis.RedisConnection;
import framebuffer.redis.tables.ShareStore.Grants;
import framebuffer.redis.tables.ShareStore.Grants.GrantChange;
import framebuffer.redis.tables.ShareStore.OwnShare;
import framebuffer.redis.tables.ShareStore.ShareChange;
import framebuffer.redis.tables.ShareStore.VersionedCount;
import framebuffer.redis.testing.TestRedis;
import framebuffer.wire.Keys;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The grants of all partitions never exceed a processor's capacity, whatever they request concurrently. */
class ShareStoreTest {
    private static final Keys KEYS = Keys.DEFAULT;
    private static final String QUEUE = "frames:ready:face-1";
    private static final int PARTITIONS = 4;
    private static final int CAPACITY = 10;

    @RegisterExtension
    static final TestRedis REDIS = new TestRedis();

    /** The granted frames; null: refused. */
    private static @Nullable VersionedCount grant(RedisConnection redis, int partition, String version, long wanted) {
        return Grants.of(redis, KEYS).set(partition, PARTITIONS,
                List.of(new GrantChange("face-1", CAPACITY, VersionedCount.of(0, version),
                        wanted < 0 ? OptionalLong.empty() : OptionalLong.of(wanted))))
                .get("face-1");
    }

    /** The version of the grant. */
    private static String given(long frames, @Nullable VersionedCount stand) {
        assertThat(stand).extracting(VersionedCount::frames).isEqualTo(frames);
        return Objects.requireNonNull(stand).version();
    }

    private static long all(RedisConnection redis) {
        Grants.Reading reading = Grants.of(redis, KEYS).publish(0, "");
        return IntStream.range(0, PARTITIONS).mapToLong(i -> reading.granted("face-1", i).frames()).sum();
    }

    @RepeatedTest(5)
    void howeverManyAskAtOnceNoMoreIsGivenThanThereIs(RepetitionInfo seed) throws Exception {
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Long>> most = new ArrayList<>();
            for (int partition = 0; partition < PARTITIONS; partition++) {
                int own = partition;
                RedisConnection redis = REDIS.connect();
                most.add(threads.submit(() -> asking(redis, own, new Random(seed.getCurrentRepetition() * 31L + own))));
            }
            for (Future<Long> seen : most) {
                assertThat(seen.get()).isLessThanOrEqualTo(CAPACITY);
            }
        }
    }

    private static long asking(RedisConnection redis, int own, Random random) {
        VersionedCount stand = VersionedCount.NONE;
        long most = 0;
        for (int i = 0; i < 200; i++) {
            String version = random.nextInt(10) == 0 ? Integer.toString(random.nextInt(50)) : stand.version();
            VersionedCount given = grant(redis, own, version, random.nextInt(CAPACITY + 3));
            stand = given == null ? Grants.of(redis, KEYS).publish(own, "").granted("face-1", own) : given;
            most = Math.max(most, all(redis));
        }
        return most;
    }

    @Test
    void whoKnowsAnOlderVersionChangesNothing() {
        RedisConnection redis = REDIS.connect();
        String first = given(7, grant(redis, 0, "0", 7));
        assertThat(grant(redis, 0, "0", 2)).isNull();
        String other = given(3, grant(redis, 1, "0", 9));
        given(2, grant(redis, 0, first, 2));
        String more = given(8, grant(redis, 1, other, 9));
        assertThat(grant(redis, 1, more, -1)).extracting(VersionedCount::frames).isEqualTo(0L);
        assertThat(all(redis)).isEqualTo(2);
        assertThat(given(8, grant(redis, 1, "0", 9))).as("of another incarnation").isNotIn(other, more);
    }

    @Test
    void whatIsConfirmedCanNoMoreBeGivenBackByWhoSawItBefore() {
        RedisConnection redis = REDIS.connect();
        String first = given(7, grant(redis, 0, "0", 7));
        given(7, grant(redis, 0, first, 7));
        assertThat(grant(redis, 0, first, 2)).isNull();
        String other = given(3, grant(redis, 1, "0", 9));
        assertThat(grant(redis, 1, other, 9)).as("no capacity is left").isNull();
    }

    private static OwnShare share(String text, long outstanding) {
        return new OwnShare(new VersionedCount(text),
                outstanding < 0 ? OptionalLong.empty() : OptionalLong.of(outstanding));
    }

    @Test
    void aShareIsSetOnlyWhereItIsStillWhatWasSeen() {
        RedisConnection redis = REDIS.connect();
        ShareStore store = ShareStore.of(redis, KEYS);
        assertThat(store.read(List.of(QUEUE))).isEqualTo(Map.of(QUEUE, share("", -1)));
        redis.call("XADD", QUEUE, "*", "a", "b");
        Map<String, OwnShare> set = store.set(
                List.of(new ShareChange(QUEUE, VersionedCount.NONE, VersionedCount.of(4, "1"))));
        assertThat(set.get(QUEUE)).isEqualTo(share("4 1", 1));
        assertThat(store.set(List.of(new ShareChange(QUEUE, VersionedCount.NONE, VersionedCount.of(9, "2")))))
                .isEmpty();
        assertThat(store.read(List.of(QUEUE))).isEqualTo(Map.of(QUEUE, share("4 1", 1)));
        store.remove(store.readAll(), Map.of());
        assertThat(store.readAll()).as("while the queue exists").containsOnlyKeys(QUEUE);
        redis.call("HSET", KEYS.registry(), "face-1", "{\"partition\":\"all\"}");
        store.remove(store.readAll(), Map.of(QUEUE, "face-1"));
        assertThat(store.readAll()).as("while the processor reads in all partitions").containsOnlyKeys(QUEUE);
        redis.call("DEL", QUEUE);
        store.remove(Map.of(QUEUE, share("9 2", -1)), Map.of());
        assertThat(store.readAll()).as("the share has changed").containsOnlyKeys(QUEUE);
        store.remove(store.readAll(), Map.of());
        assertThat(store.readAll()).isEmpty();
    }
}
