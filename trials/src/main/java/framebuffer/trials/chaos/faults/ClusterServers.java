package framebuffer.trials.chaos.faults;

import framebuffer.redis.RedisAddress;
import framebuffer.redis.RedisConnection;
import framebuffer.redis.RedisUnavailable;
import framebuffer.redis.embedded.EmbeddedCluster;
import framebuffer.redis.embedded.EmbeddedRedis;
import framebuffer.wire.Keys;
import framebuffer.wire.Partitioning;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A cluster of three masters with a replica each; the partitions go to the masters in turn. */
final class ClusterServers implements Servers {
    private static final Logger log = LoggerFactory.getLogger(ClusterServers.class);
    private static final int MASTERS = 3;

    private final Partitioning partitioning;
    private final EmbeddedCluster cluster;
    private final List<EmbeddedRedis> killed = new ArrayList<>();
    private final List<EmbeddedRedis> suspended = new ArrayList<>();

    /**
     * @param appendfsync {@code always} or {@code everysec}
     */
    ClusterServers(Path folder, Partitioning partitioning, String appendfsync) {
        this.partitioning = partitioning;
        this.cluster = EmbeddedCluster.start(folder,
                new EmbeddedCluster.Layout(MASTERS, 1, partitioning.all().stream().map(Keys::capture).toList()),
                List.of("--appendfsync", appendfsync));
    }

    @Override
    public RedisAddress address() {
        return cluster.address();
    }

    private EmbeddedRedis master(int partition) {
        return cluster.masterOf(partitioning.keys(partition).capture());
    }

    @Override
    public synchronized void kill(int partition) {
        try {
            EmbeddedRedis master = master(partition);
            killed.add(master);
            master.process().destroyForcibly();
        } catch (RedisUnavailable e) {
            log.info("nothing to kill: {}", e.getMessage());
        }
    }

    @Override
    public synchronized void restart() {
        for (EmbeddedRedis one : List.copyOf(killed)) {
            cluster.restart(one);
            killed.remove(one);
        }
    }

    @Override
    public synchronized void suspend(int partition) {
        try {
            EmbeddedRedis master = master(partition);
            suspended.add(master);
            Signal.STOP.to(master.process());
        } catch (RedisUnavailable e) {
            log.info("nothing to suspend: {}", e.getMessage());
        }
    }

    @Override
    public synchronized void resume() {
        suspended.forEach(one -> Signal.CONT.to(one.process()));
        suspended.clear();
    }

    @Override
    public synchronized void cut(int partition) {
        try (RedisConnection redis = RedisConnection.open(master(partition).address())) {
            redis.call("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes");
        } catch (RedisUnavailable e) {
            log.info("nothing to cut: {}", e.getMessage());
        }
    }

    @Override
    public synchronized void close() {
        resume();
        cluster.close();
    }
}
