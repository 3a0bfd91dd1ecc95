package framebuffer.redis.handoff;

import static framebuffer.redis.testing.CaptureStream.KEYS;
import static framebuffer.redis.testing.CaptureStream.SOURCE;
import static framebuffer.redis.testing.CaptureStream.to;
import static org.assertj.core.api.Assertions.assertThat;

import framebuffer.redis.Replies;
import framebuffer.redis.StreamEntry;
import framebuffer.redis.queues.WorkQueue;
import framebuffer.redis.testing.CaptureStream;
import framebuffer.redis.testing.TestRedis;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The room in a queue of capacity 10 after each possible event (docs/protocol.md 5.3). */
class RoomTest {
    @RegisterExtension
    static final TestRedis redis = new TestRedis();
    private static final String Q = "frames:ready:q";

    private final HandOff handOff = new HandOff(KEYS, CaptureStream.CONSUMER, HandOff.HandOffLimits.DEFAULT);
    private final CaptureStream capture = new CaptureStream(redis);

    @BeforeEach
    void prepare() {
        handOff.prepare(redis.connection());
        WorkQueue.ensure(redis.connection(), Q);
    }

    private int room(Move... moves) {
        return Objects.requireNonNull(handOff
                .begin(redis.connection(), new HandOff.HandOffBatch(SOURCE, Map.of(Q, 10), null, List.of(moves)))
                .await()
                .room().get(Q));
    }

    private void fill(int frames) {
        room(capture.frames(frames).stream().map(frame -> to(frame, Q)).toArray(Move[]::new));
    }

    private void group(String name, String from) {
        redis.call("XGROUP", "CREATE", Q, name, from);
    }

    private List<StreamEntry> read(String group, int count) {
        List<?> streams = Replies
                .list(redis.call("XREADGROUP", "GROUP", group, "me", "COUNT", count, "STREAMS", Q, ">"));
        return Replies.entries(Replies.list(streams.getFirst()).get(1));
    }

    private void acknowledge(String group, List<StreamEntry> entries) {
        entries.forEach(entry -> redis.call("XACK", Q, group, entry.id().toString()));
    }

    private void delete(List<StreamEntry> entries) {
        entries.forEach(entry -> redis.call("XDEL", Q, entry.id().toString()));
    }

    @Test
    void anEmptyQueueHasAllItsRoomAndOneThatIsGoneHasNone() {
        WorkQueue.ensure(redis.connection(), Q);
        assertThat(room()).isEqualTo(10);
        redis.call("DEL", Q);
        assertThat(room()).isEqualTo(-1);
    }

    @Test
    void withoutAGroupAllThatIsThereTakesRoom() {
        fill(4);
        assertThat(room()).isEqualTo(6);
    }

    @Test
    void unreadAndReadFramesTakeRoomAndAcknowledgedOnesDoNot() {
        group("g", "0");
        fill(4);
        List<StreamEntry> read = read("g", 3);
        assertThat(room()).isEqualTo(6);
        acknowledge("g", read.subList(0, 2));
        assertThat(room()).as("though still in the stream").isEqualTo(8);
        assertThat(redis.length(Q)).isEqualTo(4);
    }

    @Test
    void aGroupCreatedLateAtTheStartNeedsAll() {
        fill(4);
        group("g", "0");
        assertThat(room()).isEqualTo(6);
        acknowledge("g", read("g", 4));
        assertThat(room()).isEqualTo(10);
    }

    @Test
    void whatAGroupCreatedAtTheEndSkippedIsAcknowledged() {
        fill(4);
        group("g", "$");
        assertThat(room()).isEqualTo(10);
    }

    @Test
    void behindWhatAGroupSkippedRoomErrsOnTheSafeSide() {
        fill(4);
        group("g", "$");
        fill(2);
        assertThat(room()).isBetween(4, 8);
        read("g", 2);
        assertThat(room()).isEqualTo(8);
    }

    @Test
    void ofTwoGroupsTheSlowerDecides() {
        group("g", "0");
        group("h", "0");
        fill(4);
        acknowledge("g", read("g", 4));
        assertThat(room()).isEqualTo(6);
        acknowledge("h", read("h", 1));
        assertThat(room()).isEqualTo(7);
    }

    @Test
    void aFrameThatTwoGroupsHoldTakesRoomOnce() {
        group("g", "0");
        group("h", "0");
        fill(4);
        read("g", 4);
        read("h", 4);
        assertThat(room()).isEqualTo(6);
    }

    @Test
    void unreadFramesThatWereDeletedTakeNoRoom() {
        group("g", "0");
        fill(6);
        delete(redis.entries(Q).subList(2, 4));
        assertThat(room()).isEqualTo(6);
    }

    @Test
    void aQueueEmptiedByHandHasAllItsRoomAgain() {
        group("g", "0");
        fill(8);
        delete(redis.entries(Q));
        assertThat(room()).isEqualTo(10);
        fill(3);
        assertThat(room()).isEqualTo(7);
        read("g", 3);
        assertThat(room()).isEqualTo(7);
    }

    @Test
    void aQueueTrimmedByHandLosesNoRoomForEver() {
        group("g", "0");
        fill(2);
        acknowledge("g", read("g", 2));
        fill(6);
        redis.call("XTRIM", Q, "MAXLEN", 0);
        for (int round = 0; round < 3; round++) {
            assertThat(room()).isEqualTo(10);
            fill(5);
            assertThat(room()).isEqualTo(5);
            List<StreamEntry> read = read("g", 5);
            assertThat(room()).isEqualTo(5);
            acknowledge("g", read);
            delete(read);
        }
    }

    @Test
    void whatWasDeletedWithoutBeingAcknowledgedTakesNoRoom() {
        group("g", "0");
        fill(6);
        delete(read("g", 6));
        assertThat(room()).isEqualTo(10);
    }

    @Test
    void aGroupThatLiesAboutWhatItHasReadGetsNoMoreThanItsCapacity() {
        redis.call("XGROUP", "CREATE", Q, "g", "0", "ENTRIESREAD", 1000);
        assertThat(room()).isEqualTo(10);
    }

    @Test
    void whatADeletedConsumerHeldIsAcknowledged() {
        group("g", "0");
        fill(4);
        read("g", 4);
        redis.call("XGROUP", "DELCONSUMER", Q, "g", "me");
        assertThat(room()).isEqualTo(10);
    }

    @Test
    void clientsThatAcknowledgeOutOfOrderAndDeleteLoseNoRoom() {
        group("g", "0");
        fill(6);
        List<StreamEntry> read = read("g", 4);
        for (int i : List.of(3, 1, 0, 2)) {
            int before = room();
            acknowledge("g", List.of(read.get(i)));
            delete(List.of(read.get(i)));
            assertThat(room()).isEqualTo(before + 1);
        }
    }

    @Test
    void roomCostsTheSameHoweverManyWait() {
        group("g", "0");
        for (int i = 0; i < 20_000; i += 500) {
            for (int k = 0; k < 500; k++) {
                redis.connection().send("XADD", List.of(Q, "*", "f", "v"));
            }
            for (int k = 0; k < 500; k++) {
                redis.connection().receive();
            }
        }
        read("g", 10_000);
        redis.call("CONFIG", "RESETSTAT");
        assertThat(room()).isZero();
        assertThat(Replies.text(redis.call("INFO", "commandstats"))).doesNotContain("xrange", "xpending");
    }
}
