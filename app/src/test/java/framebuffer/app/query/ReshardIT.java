package framebuffer.app.query;

import static org.assertj.core.api.Assertions.assertThat;

import framebuffer.orchestrator.Orchestrator;
import framebuffer.redis.ClusterNodes;
import framebuffer.redis.RedisAddress.ConnectTimeouts;
import framebuffer.redis.RedisConnection;
import framebuffer.redis.RedisUnavailable;
import framebuffer.redis.Replies;
import framebuffer.redis.embedded.EmbeddedCluster;
import framebuffer.redis.embedded.EmbeddedRedis;
import framebuffer.testkit.Await;
import framebuffer.wire.Keys;
import framebuffer.wire.Partitioning;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A partition moves to another node of a cluster while frames flow. */
@Timeout(300)
class ReshardIT {
    private static final int CAMERAS = 8;
    private static final int AHEAD = 50;

    @Test
    void whileASlotMovesItsFramesWaitAndAllAreDoneOnce(@TempDir Path folder) throws Exception {
        List<String> captures = Partitioning.tagged("", 2).all().stream().map(Keys::capture).toList();
        ConnectTimeouts quick = new ConnectTimeouts(Duration.ofSeconds(5), Duration.ofMillis(10),
                Duration.ofMillis(100));
        AtomicBoolean moved = new AtomicBoolean();
        try (EmbeddedCluster cluster = EmbeddedCluster.start(folder, new EmbeddedCluster.Layout(3, 0, captures),
                List.of());
                PartitionedSite site = new PartitionedSite(cluster.address().with(quick), 2);
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            Orchestrator one = site.start("one");
            site.processor("face-1", 20, 2);
            EmbeddedRedis from = cluster.masterOf(captures.getFirst());
            EmbeddedRedis to = cluster.masterOf(captures.getLast());
            List<Future<Integer>> sending = Stream.of(0, 1)
                    .map(partition -> threads.submit(() -> send(site, partition, moved))).toList();
            try {
                Await.until("frames flow", () -> processed(site, 0) > AHEAD && processed(site, 1) > AHEAD);
                move(ClusterNodes.slotOf(captures.getFirst()), from, to, () -> {
                    long before = processed(site, 1);
                    Await.until("the other partition goes on", () -> processed(site, 1) > before + AHEAD);
                });
            } finally {
                moved.set(true);
            }
            int sent = sending.getFirst().get() + sending.getLast().get();
            Await.until("all are done", () -> done(one) == sent);
            assertThat(cluster.masterOf(captures.getFirst())).isEqualTo(to);
            assertThat(one.ledger().balanced()).isTrue();
            assertThat(site.processed).hasSize(sent).doesNotHaveDuplicates();
        }
    }

    private static long done(Orchestrator one) {
        try {
            return one.ledger().total().done();
        } catch (RedisUnavailable e) {
            return -1;
        }
    }

    private static String camera(int frame) {
        return "cam-" + frame % CAMERAS;
    }

    private static long processed(PartitionedSite site, int partition) {
        return List.copyOf(site.processed).stream()
                .filter(frame -> site.partitions.of(camera(Integer.parseInt(frame))).number() == partition).count();
    }

    /** Sends frames of one partition until some time after the move, never far ahead of the processors; returns their number. */
    private static int send(PartitionedSite site, int partition, AtomicBoolean moved) {
        int sent = 0;
        int last = Integer.MAX_VALUE;
        for (int frame = 0; sent < last; frame++) {
            if (site.partitions.of(camera(frame)).number() != partition) {
                continue;
            }
            int now = frame;
            int before = sent;
            if (sent % 10 == 0) {
                Await.until("not far ahead", () -> before - processed(site, partition) < AHEAD);
            }
            Await.until("stored", () -> isStored(site, now));
            sent++;
            last = moved.get() ? Math.min(last, sent + 2 * AHEAD) : last;
        }
        return sent;
    }

    /** A node that no longer owns the slot refuses the frame and does not store it. */
    private static boolean isStored(PartitionedSite site, int frame) {
        try {
            site.capture(camera(frame), Integer.toString(frame));
            return true;
        } catch (RedisUnavailable e) {
            return false;
        }
    }

    /** Moves a slot like redis-cli --cluster reshard; runs an action while the slot is in migration. */
    private static void move(int slot, EmbeddedRedis from, EmbeddedRedis to, Runnable meanwhile) {
        try (RedisConnection source = RedisConnection.open(from.address());
                RedisConnection target = RedisConnection.open(to.address())) {
            String sourceId = Replies.text(source.call("CLUSTER", "MYID"));
            String targetId = Replies.text(target.call("CLUSTER", "MYID"));
            target.call("CLUSTER", "SETSLOT", slot, "IMPORTING", sourceId);
            source.call("CLUSTER", "SETSLOT", slot, "MIGRATING", targetId);
            while (true) {
                List<?> keys = Replies.list(source.call("CLUSTER", "GETKEYSINSLOT", slot, 100));
                if (keys.isEmpty()) {
                    break;
                }
                List<Object> line = new ArrayList<>(
                        List.of(to.address().host(), to.address().port(), "", 0, 5_000, "KEYS"));
                line.addAll(keys);
                source.call("MIGRATE", line.toArray());
            }
            meanwhile.run();
            target.call("CLUSTER", "SETSLOT", slot, "NODE", targetId);
            source.call("CLUSTER", "SETSLOT", slot, "NODE", targetId);
        }
    }
}
