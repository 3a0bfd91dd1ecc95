package framebuffer.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import framebuffer.redis.RedisAddress.ConnectTimeouts;
import framebuffer.redis.embedded.EmbeddedCluster;
import framebuffer.redis.embedded.EmbeddedRedis;
import framebuffer.testkit.Await;
import framebuffer.wire.Partitioning;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Three masters with a replica each, and a partition on each master. */
@Timeout(120)
class ClusterNodesTest {
    private static final ConnectTimeouts QUICK = new ConnectTimeouts(Duration.ofSeconds(2), Duration.ofMillis(10),
            Duration.ofMillis(100));
    private static final List<String> STREAMS = Partitioning.tagged("", 3).all().stream().map(keys -> keys.capture())
            .toList();

    @TempDir
    private Path folder;

    private EmbeddedCluster cluster;

    @BeforeEach
    void start() {
        cluster = EmbeddedCluster.start(folder, new EmbeddedCluster.Layout(3, 1, STREAMS), List.of());
    }

    @AfterEach
    void stop() {
        cluster.close();
    }

    private RedisAddress holding(String key) {
        return cluster.address().with(QUICK).holding(key);
    }

    @Test
    void eachKeyIsFoundOnItsNodeWhicheverNodeIsNamed() {
        EmbeddedRedis first = cluster.nodes().getFirst();
        RedisAddress named = RedisAddress.parse("redis+cluster://127.0.0.1:1,127.0.0.1:" + first.address().port());
        for (String key : STREAMS) {
            try (RedisConnection redis = RedisConnection.open(named.holding(key))) {
                assertThat(redis.call("XADD", key, "*", "a", "b")).isNotNull();
            }
        }
        assertThat(STREAMS.stream().map(cluster::masterOf).distinct()).hasSize(3);
    }

    @Test
    void aWrongNodeSaysSoAndTheConnectionIsOfNoMoreUse() {
        try (RedisConnection redis = RedisConnection.open(cluster.masterOf(STREAMS.getFirst()).address())) {
            assertThatThrownBy(() -> redis.call("XLEN", STREAMS.get(1))).isInstanceOf(RedisUnavailable.class)
                    .hasMessageContaining("MOVED").hasMessageContaining("redis+cluster://");
            assertThat(redis.isBroken()).isTrue();
        }
    }

    @Test
    void whenAMasterDiesItsReplicaIsFoundAndNobodyElseIsHeldUp() {
        Writing hit = new Writing(STREAMS.getFirst());
        Writing spared = new Writing(STREAMS.get(1));
        try (RedisLoop one = new RedisLoop("one", holding(hit.key), hit).start();
                RedisLoop other = new RedisLoop("other", holding(spared.key), spared).start()) {
            Await.until("both write", () -> hit.count.get() > 0 && spared.count.get() > 0);
            cluster.masterOf(hit.key).process().destroyForcibly();
            Await.until("it is missed", () -> one.trouble() != null);
            long before = hit.count.get();
            Await.until("its replica is written to", () -> hit.count.get() > before);
            assertThat(spared.opened.get()).isEqualTo(1);
            assertThat(other.trouble()).isNull();
        }
    }

    @Test
    void aSlotThatMovesIsFollowed() {
        Writing writing = new Writing(STREAMS.getFirst());
        EmbeddedRedis from = cluster.masterOf(writing.key);
        EmbeddedRedis to = cluster.masterOf(STREAMS.get(1));
        try (RedisLoop loop = new RedisLoop("writer", holding(writing.key), writing).start()) {
            Await.until("it writes", () -> writing.count.get() > 0);
            move(ClusterNodes.slotOf(writing.key), from, to, writing.key);
            long before = writing.count.get();
            Await.until("it writes there", () -> writing.count.get() > before && loop.trouble() == null);
            assertThat(cluster.masterOf(writing.key)).isEqualTo(to);
        }
        try (RedisConnection redis = RedisConnection.open(to.address())) {
            assertThat(Replies.number(redis.call("XLEN", writing.key))).isEqualTo(writing.count.get());
        }
    }

    private static void move(int slot, EmbeddedRedis from, EmbeddedRedis to, String key) {
        try (RedisConnection source = RedisConnection.open(from.address());
                RedisConnection target = RedisConnection.open(to.address())) {
            String sourceId = Replies.text(source.call("CLUSTER", "MYID"));
            String targetId = Replies.text(target.call("CLUSTER", "MYID"));
            target.call("CLUSTER", "SETSLOT", slot, "IMPORTING", sourceId);
            source.call("CLUSTER", "SETSLOT", slot, "MIGRATING", targetId);
            source.call("MIGRATE", to.address().host(), to.address().port(), key, 0, 5_000);
            target.call("CLUSTER", "SETSLOT", slot, "NODE", targetId);
            source.call("CLUSTER", "SETSLOT", slot, "NODE", targetId);
        }
    }

    /** Adds entries to a stream, one by one. */
    private static final class Writing implements RedisLoop.Work {
        private final String key;
        private final AtomicLong count = new AtomicLong();
        private final AtomicLong opened = new AtomicLong();

        Writing(String key) {
            this.key = key;
        }

        @Override
        public void connected(RedisConnection redis) {
            opened.incrementAndGet();
        }

        @Override
        public void runOnce(RedisConnection redis) {
            redis.call("XADD", key, "*", "a", "b");
            count.incrementAndGet();
        }

        @Override
        public Duration rest() {
            return Duration.ofMillis(5);
        }
    }
}
