package framebuffer.trials.bench;

import framebuffer.app.terminal.CannotRun;
import framebuffer.redis.RedisAddress;
import framebuffer.redis.embedded.EmbeddedCluster;
import framebuffer.trials.bench.rig.BenchRedis;
import framebuffer.wire.Keys;
import framebuffer.wire.Partitioning;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** A temporary Redis Cluster for one measurement, with one node per partition; deleted with its data afterwards. */
final class BenchCluster implements AutoCloseable {
    private final Path folder;
    private final EmbeddedCluster cluster;

    private BenchCluster(Path folder, EmbeddedCluster cluster) {
        this.folder = folder;
        this.cluster = cluster;
    }

    /** Starts the cluster. */
    static BenchCluster start(Partitioning partitioning) {
        try {
            Path folder = Files.createTempDirectory("frame-buffer-bench");
            return new BenchCluster(folder, EmbeddedCluster.start(folder, new EmbeddedCluster.Layout(
                    partitioning.count(), 0, partitioning.all().stream().map(Keys::capture).toList()), List.of()));
        } catch (IOException e) {
            throw new CannotRun("cannot make a temporary folder: " + e.getMessage(), e);
        } catch (IllegalStateException e) {
            throw new CannotRun(String.valueOf(e.getMessage()), e);
        }
    }

    /** The address of the cluster. */
    RedisAddress address() {
        return cluster.address();
    }

    @Override
    public void close() {
        cluster.close();
        BenchRedis.remove(folder);
    }
}
