package framebuffer.orchestrator.cluster.membership;

import framebuffer.redis.RedisAddress;
import framebuffer.redis.RedisConnection;
import framebuffer.redis.RedisLoop;
import framebuffer.redis.cluster.InstanceNameStore;
import framebuffer.redis.cluster.InstanceNameStore.InstanceRun;
import framebuffer.redis.cluster.InstanceNameStore.NameOwner;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Claims the name of this instance, because two live instances of one name would read and count as one. The owner is live as long as it
 * renews the claim; renewals are timed by our own clock, so no clock of another machine matters.
 */
public final class InstanceNameClaim implements RedisLoop.Work {
    private static final int BEATS = 5;
    private static final Duration LOOK = Duration.ofMillis(50);
    private static final Logger log = LoggerFactory.getLogger(InstanceNameClaim.class);

    private final InstanceNameStore name;
    private final InstanceRun run;
    private final Duration lease;
    private final Runnable lost;
    private final CompletableFuture<Void> taken = new CompletableFuture<>();
    private long beat;
    private boolean over;

    /** Another live instance has the name. */
    public static final class NameInUse extends RuntimeException {
        private static final long serialVersionUID = 1;

        private NameInUse(String message) {
            super(message);
        }
    }

    /**
     * @param lease how long an instance may be silent
     * @param where the address of this instance
     * @param lost runs once when another process has claimed the name after this one was silent for too long
     */
    public InstanceNameClaim(InstanceNameStore name, Duration lease, String where, Runnable lost) {
        this.name = name;
        this.lease = lease;
        this.lost = lost;
        this.run = new InstanceRun(UUID.randomUUID().toString(), LocalProcess.word(), lease.dividedBy(BEATS), where);
    }

    /**
     * Claims or renews the name. If another process has it and may still be running, waits until that has been silent for its lease.
     *
     * @throws NameInUse when another live instance has the name
     */
    public void take(RedisConnection redis) throws InterruptedException {
        NameOwner owner = name.claim(redis, run, beat++, null);
        boolean said = false;
        while (owner != null) {
            NameOwner first = owner;
            if (!hasEnded(first)) {
                if (!said) {
                    log.info("instance {} was running at {}; waiting for up to {} s to see whether it still runs",
                            name.instance(), where(first), silentAfter(first).toMillis() / 1e3);
                    said = true;
                }
                watch(redis, first);
            }
            owner = name.claim(redis, run, beat++, first);
        }
        taken.complete(null);
    }

    /** Completes at the first successful claim. Until then this process must not read as a consumer of the name. */
    public CompletableFuture<Void> taken() {
        return taken.copy();
    }

    private void watch(RedisConnection redis, NameOwner first) throws InterruptedException {
        long until = System.nanoTime() + silentAfter(first).toNanos();
        CountDownLatch never = new CountDownLatch(1);
        while (System.nanoTime() < until) {
            NameOwner now = name.holder(redis);
            if (now == null) {
                return;
            }
            if (!now.said().equals(first.said())) {
                throw new NameInUse("instance " + name.instance() + " is running at " + where(now)
                        + "; choose --instance-id");
            }
            if (never.await(LOOK.toMillis(), TimeUnit.MILLISECONDS)) {
                return;
            }
        }
    }

    private static boolean hasEnded(NameOwner owner) {
        return owner.life() == null || LocalProcess.hasEnded(owner.life().process());
    }

    private static String where(NameOwner owner) {
        return owner.life() == null ? "an unknown place" : owner.life().where();
    }

    /** One beat longer than the lease: the owner may have renewed just before the first look. */
    private Duration silentAfter(NameOwner owner) {
        Duration its = owner.life() == null ? Duration.ZERO : owner.life().every().multipliedBy(BEATS);
        return its.compareTo(lease) > 0 ? its : lease;
    }

    @Override
    public Duration rest() {
        return run.every();
    }

    @Override
    public void runOnce(RedisConnection redis) throws InterruptedException {
        if (over) {
            return;
        }
        try {
            take(redis);
        } catch (NameInUse e) {
            over = true;
            log.error("{}: this instance was silent for too long, and ends", e.getMessage());
            lost.run();
        }
    }

    @Override
    public void stopping(RedisConnection redis) {
        name.leave(redis, run);
    }

    /** The loop that renews the claim. */
    public RedisLoop loop(RedisAddress redis) {
        return new RedisLoop("name", redis, this);
    }
}
