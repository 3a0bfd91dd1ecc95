package framebuffer.redis.handoff;

import static framebuffer.redis.testing.CaptureStream.CONSUMER;
import static framebuffer.redis.testing.CaptureStream.KEYS;
import static framebuffer.redis.testing.CaptureStream.SOURCE;
import static framebuffer.redis.testing.CaptureStream.to;
import static org.assertj.core.api.Assertions.assertThat;

import framebuffer.redis.RedisAddress;
import framebuffer.redis.RedisConnection;
import framebuffer.redis.RedisUnavailable;
import framebuffer.redis.StreamEntry;
import framebuffer.redis.testing.CaptureStream;
import framebuffer.redis.testing.TestRedis;
import framebuffer.testkit.FaultProxy;
import framebuffer.testkit.FaultProxy.Direction;
import framebuffer.wire.EntryId;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Cuts the connection after each possible number of bytes, in both directions. */
@ParameterizedClass(name = "with {0} frames or more in a transaction")
@ValueSource(ints = {1, Integer.MAX_VALUE})
class HandOffCutTest {
    @RegisterExtension
    static final TestRedis redis = new TestRedis();
    private static final String A = "frames:ready:a";
    private static final String B = "frames:ready:b";
    /** A transaction contains its scripts; cutting at each byte within them would test nothing more. */
    private static final int SCRIPTS_ARE_LONG = 5;

    private final HandOff handOff;
    /** A transaction only takes frames with one queue each. */
    private final boolean inTransaction;
    private final CaptureStream capture = new CaptureStream(redis);

    HandOffCutTest(int fewestInTransaction) {
        handOff = new HandOff(KEYS, CONSUMER, HandOff.HandOffLimits.DEFAULT, fewestInTransaction);
        inTransaction = fewestInTransaction == 1;
    }

    @ParameterizedTest
    @EnumSource(Direction.class)
    void whereverItIsCutEachFrameIsPendingOrInItsQueues(Direction way) {
        handOff.prepare(redis.connection());
        int cuts = 0;
        int halves = 0;
        for (boolean more = true; more; cuts += inTransaction ? SCRIPTS_ARE_LONG : 1) {
            redis.call("FLUSHALL");
            List<StreamEntry> frames = new ArrayList<>(capture.frames(5));
            capture.cursor(CONSUMER);
            more = cut(way, cuts, frames);
            halves += moved(frames) == 2 ? 1 : 0;
            assertEachFrameIsInOnePlace(frames, "cut after " + cuts + " bytes " + way);
            goOn(frames);
        }
        assertThat(cuts).isGreaterThan(way == Direction.TO_SERVER ? 1000 : 40);
        if (way == Direction.TO_SERVER) {
            assertThat(halves).as("cuts between the two batches").isPositive();
        }
    }

    private boolean cut(Direction way, long bytes, List<StreamEntry> frames) {
        try (FaultProxy proxy = new FaultProxy(redis.address().port())) {
            boolean failed = failed(proxy, way, bytes, frames);
            proxy.awaitEnd();
            return failed;
        }
    }

    /** Sends two batches; returns whether the connection was cut before the last reply. */
    private boolean failed(FaultProxy proxy, Direction way, long bytes, List<StreamEntry> frames) {
        try (RedisConnection connection = RedisConnection.open(RedisAddress.local(proxy.port()))) {
            proxy.cutAfter(way, bytes);
            HandOff.InFlight one = handOff.begin(connection, batch(EntryId.FIRST, frames.subList(0, 2)));
            HandOff.InFlight two = handOff.begin(connection, batch(frames.get(1).id(), frames.subList(2, 5)));
            one.await();
            two.await();
            return false;
        } catch (RedisUnavailable e) {
            return true;
        }
    }

    private HandOff.HandOffBatch batch(EntryId known, List<StreamEntry> frames) {
        HandOff.HandOffBatch batch = new HandOff.HandOffBatch(SOURCE, Map.of(A, 4, B, 4),
                new HandOff.CapturedFrames(CONSUMER, known, frames.getLast().id(), Map.of("cam", frames.size())),
                frames.stream().<Move>map(frame -> to(frame, queues(frame))).toList());
        assertThat(!inTransaction || TransactionalHandOff.is(batch)).isTrue();
        return batch;
    }

    private String[] queues(StreamEntry frame) {
        return switch (Integer.parseInt(CaptureStream.name(frame).substring(1)) % 3) {
            case 0 -> new String[]{A};
            case 1 -> new String[]{B};
            default -> inTransaction ? new String[]{A} : new String[]{A, B};
        };
    }

    private int moved(List<StreamEntry> frames) {
        return frames.size() - capture.pending().size();
    }

    private void assertEachFrameIsInOnePlace(List<StreamEntry> frames, String when) {
        List<EntryId> pending = capture.pending();
        int captured = Integer.parseInt(redis.hash(KEYS.ledger()).getOrDefault("captured:cam", "0"));
        assertThat(captured).as(when).isEqualTo(moved(frames));
        for (StreamEntry frame : frames) {
            int copies = pending.contains(frame.id()) ? 0 : 1;
            for (String queue : List.of(A, B)) {
                boolean wanted = List.of(queues(frame)).contains(queue);
                assertThat(Collections.frequency(capture.queued(queue), CaptureStream.name(frame)))
                        .as("%s: %s in %s", when, CaptureStream.name(frame), queue).isEqualTo(wanted ? copies : 0);
            }
        }
    }

    /** After a lost connection, hands off the pending frames; repeating all moves does no harm. */
    private void goOn(List<StreamEntry> frames) {
        handOff.begin(redis.connection(), batch(capture.cursor(CONSUMER), frames)).await();
        assertThat(capture.pending()).isEmpty();
        for (StreamEntry frame : frames) {
            List<String> places = new ArrayList<>(capture.queued(A));
            places.addAll(capture.queued(B));
            assertThat(Collections.frequency(places, CaptureStream.name(frame))).isEqualTo(queues(frame).length);
        }
    }
}
