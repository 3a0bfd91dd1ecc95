package framebuffer.vision.camera;

import framebuffer.redis.RedisConnection;
import framebuffer.redis.RedisLoop;
import framebuffer.redis.tables.PressureStore;
import framebuffer.wire.Keys;
import framebuffer.wire.control.Backpressure;
import java.time.Duration;
import java.util.List;

/** The share of frames that producers may send, as published by the service. */
public final class Demand implements RedisLoop.Work {
    private static final Duration LOOK = Duration.ofMillis(250);

    private final Keys keys;
    private volatile ReceivedDemand heard = new ReceivedDemand(Backpressure.NONE, System.nanoTime());

    private record ReceivedDemand(Backpressure told, long atNanos) {
    }

    public Demand(Keys keys) {
        this.keys = keys;
    }

    /**
     * The share, from 0 to 1, that a camera with this frame rate may send of frames with these needs (empty: any processor). Without a
     * connection to Redis: 1.
     */
    public double share(List<String> needs, double perSecond) {
        ReceivedDemand last = heard;
        return System.nanoTime() - last.atNanos() > Backpressure.SILENCE.toNanos()
                ? 1
                : last.told().consumptionRate(needs, perSecond);
    }

    @Override
    public Duration rest() {
        return LOOK;
    }

    @Override
    public void runOnce(RedisConnection redis) {
        heard = new ReceivedDemand(PressureStore.read(redis, keys), System.nanoTime());
    }
}
