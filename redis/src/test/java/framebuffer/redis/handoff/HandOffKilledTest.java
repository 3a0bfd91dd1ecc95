package framebuffer.redis.handoff;

import static framebuffer.redis.testing.CaptureStream.CONSUMER;
import static framebuffer.redis.testing.CaptureStream.KEYS;
import static framebuffer.redis.testing.CaptureStream.SOURCE;
import static framebuffer.redis.testing.CaptureStream.to;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import framebuffer.redis.RedisConnection;
import framebuffer.redis.RedisRefused;
import framebuffer.redis.StreamEntry;
import framebuffer.redis.testing.CaptureStream;
import framebuffer.redis.testing.TestRedis;
import framebuffer.wire.EntryId;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Kills our scripts ({@code SCRIPT KILL}), which Redis allows until their first write. */
class HandOffKilledTest {
    @RegisterExtension
    static final TestRedis redis = new TestRedis();
    private static final String A = "frames:ready:a";
    private static final int FRAMES = 16;
    /** Enough frames that the script can be killed while it reads them. */
    private static final int QUEUES = 9_000;

    private final CaptureStream capture = new CaptureStream(redis);
    private final Map<String, Integer> capacities = new HashMap<>(Map.of(A, 10 * FRAMES));

    @BeforeEach
    void impatient() {
        redis.call("CONFIG", "SET", "busy-reply-threshold", 1);
        for (int i = 1; i < QUEUES; i++) {
            capacities.put("frames:ready:none-" + i, 1);
        }
    }

    @AfterEach
    void patientAgain() {
        redis.call("CONFIG", "SET", "busy-reply-threshold", 5_000);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 1_000})
    void theScriptThatPermitsOrHandsOffIsKilledAndNothingIsHandedOff(int fewestInTransaction) throws Exception {
        HandOff handOff = new HandOff(KEYS, CONSUMER, HandOff.HandOffLimits.DEFAULT, fewestInTransaction);
        handOff.prepare(redis.connection());
        List<StreamEntry> frames = capture.frames(FRAMES);
        HandOff.HandOffBatch batch = new HandOff.HandOffBatch(SOURCE, capacities,
                new HandOff.CapturedFrames(CONSUMER, capture.cursor(CONSUMER), frames.getLast().id(),
                        Map.of("cam", FRAMES)),
                frames.stream().<Move>map(frame -> to(frame, A)).toList());
        Thread killer = killing();
        assertThatThrownBy(() -> handOff.begin(redis.connection(), batch).await()).isInstanceOf(RedisRefused.class)
                .hasMessageContaining("SCRIPT KILL");
        killer.join();
        assertThat(capture.pending()).isEqualTo(frames.stream().map(StreamEntry::id).toList());
        assertThat(capture.queued(A)).isEmpty();
        assertThat(redis.hash(KEYS.ledger())).containsEntry("cursor:" + CONSUMER, EntryId.FIRST.toString())
                .doesNotContainKey("counted");

        assertThat(handOff.begin(redis.connection(), batch).await().outcomes()).hasSize(FRAMES)
                .containsOnly(Move.MoveOutcome.MOVED);
        assertThat(capture.queued(A)).isEqualTo(frames.stream().map(CaptureStream::name).toList());
        assertThat(capture.pending()).isEmpty();
        assertThat(redis.hash(KEYS.ledger())).containsEntry("counted", Integer.toString(FRAMES));
    }

    /** Starts to kill the next script as soon as possible; has started when this returns. */
    private Thread killing() {
        RedisConnection other = redis.connect();
        AtomicBoolean killed = new AtomicBoolean();
        Thread killer = Thread.ofPlatform().start(() -> {
            while (!killed.get()) {
                try {
                    other.call("SCRIPT", "KILL");
                    killed.set(true);
                } catch (RedisRefused e) {
                    assertThat(e.code()).isIn("NOTBUSY", "UNKILLABLE");
                }
            }
        });
        return killer;
    }
}
