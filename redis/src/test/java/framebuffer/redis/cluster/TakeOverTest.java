package framebuffer.redis.cluster;

import static framebuffer.redis.testing.CaptureStream.CONSUMER;
import static framebuffer.redis.testing.CaptureStream.GROUP;
import static framebuffer.redis.testing.CaptureStream.KEYS;
import static org.assertj.core.api.Assertions.assertThat;

import framebuffer.redis.Replies;
import framebuffer.redis.StreamEntry;
import framebuffer.redis.cluster.InstanceStore.TakenFrames;
import framebuffer.redis.frames.LedgerReader;
import framebuffer.redis.handoff.HandOff;
import framebuffer.redis.testing.CaptureStream;
import framebuffer.redis.testing.TestRedis;
import framebuffer.wire.text.Fields;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A take-over consists of steps; the ledger balances after each, wherever the take-over is cut off. */
class TakeOverTest {
    @RegisterExtension
    static final TestRedis redis = new TestRedis();
    private static final InstanceStore TAKER = new InstanceStore(KEYS, GROUP, "taker");
    private static final int FIELDS = 100;

    private final CaptureStream capture = new CaptureStream(redis);
    private final HandOff handOff = new HandOff(KEYS, CONSUMER, HandOff.HandOffLimits.DEFAULT);

    private static boolean step(InstanceStore taker, int entries) {
        return taker.takeOver(redis.connection(), CONSUMER, beat(CONSUMER), FIELDS, entries).orElseThrow().complete();
    }

    private static String beat(String instance) {
        Object beat = redis.call("HGET", KEYS.instances(), instance);
        return beat == null ? "" : Replies.text(beat);
    }

    private static long pendingFor(String consumer) {
        return Replies.list(redis.call("XPENDING", KEYS.capture(), GROUP, "-", "+", 1_000, consumer)).size();
    }

    private static void balances(long captured) {
        LedgerReader.LedgerReading reading = LedgerReader.read(redis.connection(), KEYS, GROUP, List.of());
        assertThat(reading.underWay()).as("%s", reading).isEqualTo(reading.begun());
        assertThat(reading.underWay() + reading.uncounted()).isEqualTo(captured);
    }

    private void counted(List<StreamEntry> frames) {
        handOff.prepare(redis.connection());
        handOff.begin(redis.connection(), new HandOff.HandOffBatch(CaptureStream.SOURCE, Map.of(),
                new HandOff.CapturedFrames(CONSUMER, capture.cursor(CONSUMER), frames.getLast().id(),
                        Map.of("cam", frames.size())),
                List.of())).await();
    }

    @Test
    void eachStepMovesABoundedNumberAndTheLedgerBalancesInBetween() {
        counted(capture.frames(30));
        capture.frames(20);
        InstanceStore another = new InstanceStore(KEYS, GROUP, "another");
        int steps = 0;
        long before = 0;
        while (!step(steps % 3 == 2 ? another : TAKER, 7)) {
            balances(50);
            long now = pendingFor("taker") + pendingFor("another");
            assertThat(now - before).isBetween(0L, 7L);
            before = now;
            steps++;
        }
        balances(50);
        assertThat(pendingFor("taker") + pendingFor("another")).isEqualTo(50);
        assertThat(LedgerReader.counts(redis.connection(), KEYS).get("cam")).isEqualTo(Map.of("captured", 50L));
        assertThat(redis.hash(KEYS.ledger()).keySet()).noneMatch(field -> field.startsWith("cursor:" + CONSUMER));
    }

    @Test
    void anInstanceThatResumesHalfWayBeginsAgainWithWhatItStillHas() {
        List<StreamEntry> frames = capture.frames(30);
        counted(frames);
        HandOff.OwnershipMark mark = handOff.mark(redis.connection(), CONSUMER);
        assertThat(step(TAKER, 10)).isFalse();
        assertThat(handOff.stands(redis.connection(), CONSUMER, mark)).isFalse();

        new InstanceStore(KEYS, GROUP, CONSUMER).beat(redis.connection(), "run");
        assertThat(TAKER.takeOver(redis.connection(), CONSUMER, "", FIELDS))
                .isEqualTo(new TakenFrames(0, 0, false));
        assertThat(handOff.mark(redis.connection(), CONSUMER).cursor()).isEqualTo(frames.getLast().id());
        assertThat(pendingFor(CONSUMER)).isEqualTo(20);
        balances(30);
    }

    @Test
    void whatTheTakerHasReadAndNotCountedIsCountedOnce() {
        capture.frames(10);
        for (int i = 0; i < 25; i++) {
            redis.add(KEYS.capture(), Fields.ofText("frame_id", "own-" + i, "camera_id", "cam"));
        }
        redis.call("XREADGROUP", "GROUP", GROUP, "taker", "COUNT", 15, "STREAMS", KEYS.capture(), ">");
        redis.call("XREADGROUP", "GROUP", GROUP, CONSUMER, "COUNT", 10, "STREAMS", KEYS.capture(), ">");
        while (!step(TAKER, 4)) {
            balances(35);
        }
        balances(35);
        assertThat(pendingFor("taker")).isEqualTo(35);
    }

    @Test
    void deletedFramesAreLostAndReturnedOnesAreTakenToo() {
        capture.frames(12).subList(3, 8).forEach(one -> redis.call("XDEL", KEYS.capture(), one.id().toString()));
        redis.call("XGROUP", "CREATE", KEYS.returned(), GROUP, "0", "MKSTREAM");
        redis.add(KEYS.returned(), Fields.ofText("frame_id", "back"));
        redis.call("XREADGROUP", "GROUP", GROUP, CONSUMER, "STREAMS", KEYS.returned(), ">");
        assertThat(TAKER.takeOver(redis.connection(), CONSUMER, "", FIELDS)).isEqualTo(new TakenFrames(8, 5, true));
        assertThat(redis.pending(KEYS.returned(), GROUP)).hasSize(1);
    }
}
