package framebuffer.trials.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import framebuffer.redis.RedisConnection;
import framebuffer.redis.Replies;
import framebuffer.redis.cluster.Partition;
import framebuffer.redis.cluster.PartitionLayout;
import framebuffer.redis.embedded.EmbeddedCluster;
import framebuffer.redis.embedded.EmbeddedRedis;
import framebuffer.wire.Keys;
import framebuffer.wire.Partitioning;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Each failover is reported exactly once, whatever its cause. */
class FailoverWatchTest {
    private static final Partitioning PARTITIONING = Partitioning.tagged("", 3);

    @TempDir
    Path folder;

    @Test
    void aReplicaThatTakesAPlaceOfItsOwnAccordIsSeenOnce() {
        List<String> dealt = PARTITIONING.all().stream().map(Keys::capture).toList();
        try (EmbeddedCluster cluster = EmbeddedCluster.start(folder, new EmbeddedCluster.Layout(3, 1, dealt),
                List.of())) {
            List<Partition> partitions = PartitionLayout.of(cluster.address(), PARTITIONING).all();
            EmbeddedRedis master = cluster.masterOf(dealt.get(1));
            try (RedisConnection theirs = RedisConnection.open(master.address());
                    RedisConnection ours = RedisConnection.open(replicaOf(cluster, theirs).address())) {
                FailoverWatch watch = new FailoverWatch(partitions, Clock.start(false));
                watch.runOnce(theirs);
                assertThat(watch.news()).isEmpty();
                ours.call("CLUSTER", "FAILOVER", "TAKEOVER");
                watch.runOnce(ours);
                assertThat(watch.news()).singleElement().satisfies(failover -> {
                    assertThat(failover.partition()).isOne();
                    assertThat(failover.node()).doesNotEndWith(":" + master.address().port());
                    assertThat(failover.before()).isLessThan(failover.seen());
                });
                watch.runOnce(theirs);
                watch.runOnce(ours);
                assertThat(watch.news()).as("a node that may have outdated data").isEmpty();
            }
        }
    }

    private static EmbeddedRedis replicaOf(EmbeddedCluster cluster, RedisConnection master) {
        String id = Replies.text(master.call("CLUSTER", "MYID"));
        String line = Replies.text(master.call("CLUSTER", "NODES")).lines()
                .filter(node -> node.contains(" slave " + id)).findFirst().orElseThrow();
        return cluster.nodes().stream()
                .filter(node -> line.contains(":" + node.address().port() + "@")).findFirst().orElseThrow();
    }
}
