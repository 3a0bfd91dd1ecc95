package framebuffer.redis;

import static framebuffer.redis.testing.CaptureStream.GROUP;
import static framebuffer.redis.testing.CaptureStream.KEYS;
import static org.assertj.core.api.Assertions.assertThat;

import framebuffer.redis.cluster.CutTakeOver;
import framebuffer.redis.cluster.InstanceStore;
import framebuffer.redis.frames.LedgerReader;
import framebuffer.redis.frames.LedgerReconciliation;
import framebuffer.redis.frames.LedgerReconciliation.LedgerScope;
import framebuffer.redis.frames.LedgerReconciliation.ReconcileDepth;
import framebuffer.redis.testing.StepCost;
import framebuffer.redis.testing.TestRedis;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** At the documented bounds no step of Redis takes longer than 50 ms of processor time. */
@Tag("long")
class BoundedStepsTest {
    @RegisterExtension
    static final TestRedis redis = new TestRedis();
    private static final Logger log = LoggerFactory.getLogger(BoundedStepsTest.class);
    private static final String A = "frames:ready:a";
    private static final String B = "frames:ready:b";
    private static final int MANY = 100_000;
    /** The default of ledger-max-fields. */
    private static final int LEDGER_FIELDS = 50_000;
    private static final LedgerScope SCOPE = new LedgerScope(KEYS, GROUP, MANY, Map.of(A, "face-1", B, "ocr-1"));

    /** Sends many commands, a thousand at a time. */
    private static void send(int count, IntFunction<List<Object>> command) {
        for (int from = 0; from < count; from += 1_000) {
            List<List<Object>> some = new ArrayList<>();
            for (int i = from; i < from + 1_000; i++) {
                some.add(command.apply(i));
            }
            redis.connection().transaction(some);
        }
    }

    private static boolean reconcile() {
        return LedgerReconciliation.settle(redis.connection(), SCOPE, ReconcileDepth.SWEEP).more();
    }

    private static void isShort(BooleanSupplier step) {
        Duration longest = StepCost.longest(redis.connection(), step);
        log.info("longest step: {} ms of processor time", longest.toMillis());
        assertThat(longest).isLessThan(Duration.ofMillis(50));
    }

    @Test
    void aFullLedgerIsReadAndReconciled() {
        int cameras = LEDGER_FIELDS / 2;
        send(cameras, i -> List.of("HSET", KEYS.ledger(), "captured:camera-" + i, 1, "done:camera-" + i, 1));
        isShort(() -> LedgerReader.read(redis.connection(), KEYS, GROUP, List.of(A, B)).counts().isEmpty());
        isShort(BoundedStepsTest::reconcile);
    }

    @Test
    void manyFramesOfSeveralPartsAreReadAndReconciled() {
        send(MANY, i -> List.of("XADD", A, "1-" + (i + 1), "frame_id", "f" + i));
        send(MANY, i -> List.of("XADD", B, "1-" + (i + 1), "frame_id", "f" + i));
        send(MANY, i -> List.of("HSET", KEYS.parts(), "1-" + (i + 1),
                "2 >" + A + "=1-" + (i + 1) + " >" + B + "=1-" + (i + 1)));
        redis.call("HSET", KEYS.ledger(), "captured:cam", MANY, "extra_parts", MANY);
        redis.call("HSET", KEYS.taken(), "handed:" + A, MANY, "handed:" + B, MANY);
        int[] gone = {0};
        isShort(() -> {
            if (gone[0] % 100 == 0) {
                for (String queue : List.of(A, B)) {
                    IntStream.range(gone[0], gone[0] + 100)
                            .forEach(i -> redis.call("XDEL", queue, "1-" + (i + 1) * 37));
                }
            }
            gone[0]++;
            boolean more = reconcile();
            gone[0] = more ? gone[0] : (gone[0] / 100 + 1) * 100;
            return more;
        });
        LedgerReader.LedgerReading reading = LedgerReader.read(redis.connection(), KEYS, GROUP, List.of(A, B));
        assertThat(reading.underWay()).isEqualTo(reading.begun()).isEqualTo(redis.length(A));
        isShort(() -> LedgerReader.read(redis.connection(), KEYS, GROUP, List.of(A, B)).counts().isEmpty());
    }

    @Test
    void aFullWindowIsTakenOver() {
        send(MANY, i -> List.of("XADD", KEYS.capture(), "1-" + (i + 1), "frame_id", "f" + i, "camera_id", "cam"));
        redis.call("XGROUP", "CREATE", KEYS.capture(), GROUP, "0");
        redis.call("XREADGROUP", "GROUP", GROUP, "one", "COUNT", MANY, "STREAMS", KEYS.capture(), ">");
        List<String> names = new ArrayList<>(List.of("one", "two"));
        isShort(() -> {
            boolean complete = CutTakeOver.step(new InstanceStore(KEYS, GROUP, names.get(1)), redis.connection(),
                    names.getFirst());
            if (complete) {
                assertThat(Replies.list(redis.call("XPENDING", KEYS.capture(), GROUP)).getFirst())
                        .isEqualTo((long) MANY);
                Collections.reverse(names);
            }
            return !complete;
        });
    }
}
