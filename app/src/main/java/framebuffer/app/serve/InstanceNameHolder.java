package framebuffer.app.serve;

import framebuffer.app.terminal.CannotRun;
import framebuffer.orchestrator.cluster.membership.InstanceNameClaim;
import framebuffer.redis.RedisAddress;
import framebuffer.redis.RedisConnection;
import framebuffer.redis.RedisLoop;
import framebuffer.redis.RedisRefused;
import framebuffer.redis.RedisUnavailable;
import framebuffer.redis.cluster.InstanceNameStore;
import framebuffer.redis.cluster.Partition;
import framebuffer.redis.cluster.PartitionLayout;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Claims and holds the name of this instance while it runs. */
final class InstanceNameHolder implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(InstanceNameHolder.class);

    private final RedisLoop loop;
    private final AtomicBoolean lost;

    private final CompletableFuture<Void> taken;

    private InstanceNameHolder(RedisLoop loop, AtomicBoolean lost, CompletableFuture<Void> taken) {
        this.loop = loop;
        this.lost = lost;
        this.taken = taken;
    }

    /**
     * Claims the name.
     *
     * @throws CannotRun when another instance with this name runs
     */
    static InstanceNameHolder of(RedisAddress address, ServeOptions options) {
        Partition first = PartitionLayout.of(address, options.redis().partitioning()).all().getFirst();
        AtomicBoolean lost = new AtomicBoolean();
        InstanceNameClaim claim = new InstanceNameClaim(new InstanceNameStore(first.keys(), options.instance()),
                options.instanceLease(),
                options.where(), () -> lost.set(true));
        try (RedisConnection redis = RedisConnection.open(first.redis())) {
            claim.take(redis);
        } catch (InstanceNameClaim.NameInUse e) {
            throw new CannotRun(String.valueOf(e.getMessage()), e);
        } catch (RedisUnavailable | RedisRefused e) {
            log.warn("reads no frames until it owns the instance name {}: {}", options.instance(),
                    e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CannotRun("interrupted while waiting for another instance", e);
        }
        return new InstanceNameHolder(claim.loop(first.redis()).start(), lost, claim.taken());
    }

    /** Completes when this instance owns the name; immediately if Redis answered at the start. */
    CompletableFuture<Void> taken() {
        return taken;
    }

    boolean isLost() {
        return lost.get();
    }

    @Override
    public void close() {
        loop.close();
    }
}
