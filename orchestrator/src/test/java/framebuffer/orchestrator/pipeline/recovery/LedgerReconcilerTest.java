package framebuffer.orchestrator.pipeline.recovery;

import static org.assertj.core.api.Assertions.assertThat;

import framebuffer.orchestrator.EmptyRedis;
import framebuffer.orchestrator.pipeline.dispatch.FrameEvents;
import framebuffer.wire.Keys;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class LedgerReconcilerTest {
    @RegisterExtension
    static final EmptyRedis redis = new EmptyRedis();
    private static final Keys KEYS = Keys.DEFAULT;
    private static final String QUEUE = "frames:ready:face";

    private final AtomicLong nanos = new AtomicLong();
    private Duration tookEach = Duration.ZERO;
    private final LedgerReconciler reconciler = new LedgerReconciler(KEYS, "frame-buffer", 1000, new FrameEvents() {
    }, () -> nanos.getAndAdd(tookEach.toNanos()));

    /** A processor acknowledges and deletes a frame that was handed to its queue. */
    private void aFrameLeavesTheQueue() {
        redis.call("HINCRBY", KEYS.ledger(), "captured:yard", 1);
        redis.call("HINCRBY", KEYS.taken(), "handed:" + QUEUE, 1);
    }

    private void runOnceAfter(Duration pause) {
        nanos.addAndGet(pause.toNanos());
        reconciler.runOnce(redis.connection(), Map.of(QUEUE, "face-1"));
    }

    private String counted() {
        return redis.hash(KEYS.taken()).getOrDefault("left:" + QUEUE, "0");
    }

    @Test
    void itRestsSoThatItTakesASmallShareOfTheTimeOfRedis() {
        tookEach = Duration.ofMillis(10);
        runOnceAfter(Duration.ZERO);
        aFrameLeavesTheQueue();
        runOnceAfter(Duration.ofMillis(300));
        assertThat(counted()).isEqualTo("0");
        runOnceAfter(Duration.ofMillis(300));
        assertThat(counted()).isEqualTo("1");
    }

    @Test
    void aCallThatRedisHeldUpForAMinuteDelaysTheNextByTwoSecondsAtMost() {
        tookEach = Duration.ofMinutes(1);
        runOnceAfter(Duration.ZERO);
        tookEach = Duration.ZERO;
        aFrameLeavesTheQueue();
        runOnceAfter(Duration.ofSeconds(2));
        assertThat(counted()).isEqualTo("1");
    }
}
