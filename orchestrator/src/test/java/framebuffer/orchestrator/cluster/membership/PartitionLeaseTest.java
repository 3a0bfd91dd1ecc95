package framebuffer.orchestrator.cluster.membership;

import static org.assertj.core.api.Assertions.assertThat;

import framebuffer.orchestrator.EmptyRedis;
import framebuffer.redis.cluster.InstanceStore;
import framebuffer.redis.cluster.PartitionCandidates;
import framebuffer.testkit.Await;
import framebuffer.wire.Keys;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Instances agree which of them serves a partition. */
class PartitionLeaseTest {
    private static final Keys KEYS = Keys.DEFAULT;
    private static final String GROUP = "frame-buffer-v2";
    /** A partition that is assigned to this instance when there is another one. */
    private static final int OURS = IntStream.range(0, 2)
            .filter(i -> PartitionAssignment.of(Set.of("one", "other"), 2).of(i).contains("one")).findFirst()
            .orElseThrow();

    @RegisterExtension
    static final EmptyRedis REDIS = new EmptyRedis();

    private final PartitionCandidates other = new PartitionCandidates(OURS, 2, KEYS, GROUP, "other");
    private final InstanceStore otherServes = new InstanceStore(KEYS, GROUP, "other");
    private final List<String> happened = new ArrayList<>();
    private final PartitionLease lease = new PartitionLease(
            new PartitionCandidates(OURS, 2, KEYS, GROUP, "one"), Duration.ofMillis(100),
            new FrameTakeOver(new InstanceStore(KEYS, GROUP, "one"), 100, _ -> {
            }),
            new PartitionLease.PartitionService() {
                @Override
                public void serve() {
                    happened.add("serves");
                }

                @Override
                public void release() {
                    happened.add("releases");
                }
            });

    private void turn() {
        lease.runOnce(REDIS.connection());
    }

    private boolean serves() {
        turn();
        return happened.contains("serves");
    }

    @Test
    void aloneItServesAtOnceAndLeavesWhenItStops() {
        assertThat(serves()).isTrue();
        lease.stopping(REDIS.connection());
        assertThat(happened).containsExactly("serves", "releases");
        assertThat(REDIS.hash(KEYS.candidates())).isEmpty();
    }

    @Test
    void whoeverComesLooksBeforeItIsSeen() {
        other.beat(REDIS.connection(), "run");
        turn();
        assertThat(REDIS.hash(KEYS.candidates())).containsOnlyKeys("other");
        turn();
        assertThat(REDIS.hash(KEYS.candidates())).containsOnlyKeys("one", "other");
    }

    @Test
    void itWaitsForTheOneThatServesHoweverLongThatTakes() {
        for (int i = 0; i < 100; i++) {
            other.beat(REDIS.connection(), "run");
            otherServes.beat(REDIS.connection(), "run");
            assertThat(serves()).isFalse();
        }
        otherServes.leave(REDIS.connection(), "run");
        assertThat(serves()).isTrue();
    }

    @Test
    void oneThatIsThereButServesNoMoreAndDidNotSaySoIsNotWaitedForForEver() {
        otherServes.beat(REDIS.connection(), "run");
        Await.until("served", () -> {
            other.beat(REDIS.connection(), "run");
            return serves();
        });
    }

    @Test
    void whoLeavesIsUnderstoodWhenMemoryIsUsedUp() {
        otherServes.beat(REDIS.connection(), "run");
        REDIS.call("CONFIG", "SET", "maxmemory", "1");
        try {
            otherServes.leave(REDIS.connection(), "run");
        } finally {
            REDIS.call("CONFIG", "SET", "maxmemory", "0");
        }
        assertThat(REDIS.hash(KEYS.instances())).containsEntry("other", InstanceStore.LEFT);
    }
}
