package framebuffer.app.serve;

import framebuffer.app.settings.Unusable;
import framebuffer.orchestrator.instances.NameClaim;
import framebuffer.streams.RedisAddress;
import framebuffer.streams.RedisConnection;
import framebuffer.streams.RedisLoop;
import framebuffer.streams.RedisRefused;
import framebuffer.streams.RedisUnavailable;
import framebuffer.streams.partition.Partition;
import framebuffer.streams.partition.Partitions;
import framebuffer.streams.shared.InstanceName;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Has the name of this instance for it while it runs. */
final class NameHolder implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(NameHolder.class);

    private final RedisLoop loop;
    private final AtomicBoolean lost;

    private final CompletableFuture<Void> taken;

    private NameHolder(RedisLoop loop, AtomicBoolean lost, CompletableFuture<Void> taken) {
        this.loop = loop;
        this.lost = lost;
        this.taken = taken;
    }

    /**
     * Takes the name.
     *
     * @throws Unusable
     *             when another instance of this name runs
     */
    static NameHolder of(RedisAddress address, ServeOptions options) {
        Partition first = Partitions.of(address, options.redis().partitioning()).all().getFirst();
        AtomicBoolean lost = new AtomicBoolean();
        NameClaim claim = new NameClaim(new InstanceName(first.keys(), options.instance()), options.instanceLease(),
                options.where(), () -> lost.set(true));
        try (RedisConnection redis = RedisConnection.open(first.redis())) {
            claim.take(redis);
        } catch (NameClaim.Taken e) {
            throw new Unusable(String.valueOf(e.getMessage()), e);
        } catch (RedisUnavailable | RedisRefused e) {
            log.warn("reads no frames until it owns the instance name {}: {}", options.instance(),
                    e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Unusable("interrupted while waiting for another instance", e);
        }
        return new NameHolder(claim.loop(first.redis()).start(), lost, claim.taken());
    }

    /** Completes when this instance has the name: at once where Redis answered at the start. */
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
