package framebuffer.redis.cluster;

import framebuffer.redis.RedisConnection;

/** A take-over that ends after a few small steps, as if the taker had died. */
public final class CutTakeOver {
    private CutTakeOver() {
    }

    /** Returns whether it was cut off: with 0 steps nothing happens and the whole take-over is left to do. */
    public static boolean after(int steps, InstanceStore taker, RedisConnection redis, String silent) {
        boolean complete = false;
        for (int step = 0; step < steps && !complete; step++) {
            complete = taker.takeOver(redis, silent, "", 100, 2).orElseThrow().complete();
        }
        return steps > 0;
    }

    /** One step of the usual size. Returns whether the take-over is complete. */
    public static boolean step(InstanceStore taker, RedisConnection redis, String silent) {
        return taker.takeOver(redis, silent, "", 100, InstanceStore.ENTRIES).orElseThrow().complete();
    }
}
