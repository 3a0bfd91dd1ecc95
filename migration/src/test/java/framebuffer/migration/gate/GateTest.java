package framebuffer.migration.gate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import framebuffer.migration.MigrationRedis;
import framebuffer.redis.RedisLoop;
import framebuffer.redis.RedisRefused;
import framebuffer.redis.Replies;
import framebuffer.wire.EntryId;
import framebuffer.wire.Keys;
import framebuffer.wire.control.TrafficSwitches;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GateTest {
    @RegisterExtension
    static final MigrationRedis redis = new MigrationRedis();
    private static final Keys KEYS = new Keys("", true);
    private static final GateStreams STREAMS = new GateStreams(KEYS, "frame-buffer-v2", "frame-buffer");

    private final AtomicLong nanos = new AtomicLong();
    private final RedisLoop.Work idle = _ -> {
    };
    private final Gate gate = new Gate(STREAMS, "one", nanos::get, idle);

    private static void olderServiceReads(int frames) {
        redis.call("XGROUP", "CREATE", KEYS.produced(), "frame-buffer", "0", "MKSTREAM");
        if (frames > 0) {
            redis.call("XREADGROUP", "GROUP", "frame-buffer", "v1", "COUNT", frames, "STREAMS", KEYS.produced(), ">");
        }
    }

    private void open(int percent, String by) {
        olderServiceReads(0);
        GateStore.open(redis.connection(), STREAMS);
        split(percent, by);
    }

    private static void split(int percent, String by) {
        redis.call("HSET", KEYS.control(), "split", percent, "split_by", by);
    }

    private void pass() {
        while (GateStore.forward(redis.connection(), STREAMS).orElseThrow().frames() > 0) {
            nanos.incrementAndGet();
        }
    }

    private static long count(String what) {
        Object count = redis.call("HGET", KEYS.migration(), what);
        return count == null ? 0 : Long.parseLong(Replies.text(count));
    }

    @Test
    void aClosedGateTakesNothing() {
        redis.frames(KEYS.produced(), "door", 3);
        assertThat(GateStore.forward(redis.connection(), STREAMS)).isEmpty();
        assertThat(redis.ids(KEYS.produced())).hasSize(3);
    }

    @Test
    void atZeroPercentTheOlderServiceGetsEveryFrameUnchangedUnderItsId() {
        open(0, "camera");
        List<EntryId> sent = redis.frames(KEYS.produced(), "door", 150);
        var before = redis.entries(KEYS.produced());
        pass();
        assertThat(redis.entries(KEYS.legacy())).isEqualTo(before);
        assertThat(redis.ids(KEYS.legacy())).isEqualTo(sent);
        assertThat(redis.ids(KEYS.capture())).isEmpty();
        assertThat(redis.ids(KEYS.produced())).as("what was passed on is removed").isEmpty();
        assertThat(count("legacy")).isEqualTo(150);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 10, 37, 50, 90, 99, 100})
    void byFrameTheShareIsExactInAnyHundredConsecutiveFrames(int percent) {
        open(percent, "frame");
        List<EntryId> sent = redis.frames(KEYS.produced(), "door", 350);
        pass();
        List<EntryId> ours = redis.ids(KEYS.capture());
        for (int from = 0; from + 100 <= sent.size(); from++) {
            assertThat(sent.subList(from, from + 100)).filteredOn(ours::contains).hasSize(percent);
        }
        assertThat(Stream.concat(ours.stream(), redis.ids(KEYS.legacy()).stream()).sorted()).isEqualTo(sent);
    }

    @Test
    void byCameraTheGateAndTheSwitchesAgreeAndACameraNeverGoesBack() {
        open(0, "camera");
        List<String> cameras = Stream.iterate(1, i -> i + 1).limit(60).map(i -> "kamera-ä-" + i).toList();
        for (int percent : new int[]{0, 10, 50, 90, 100}) {
            split(percent, "camera");
            redis.call("DEL", KEYS.capture());
            cameras.forEach(camera -> redis.frames(KEYS.produced(), camera, 1));
            pass();
            TrafficSwitches switches = new TrafficSwitches(false, true, percent, TrafficSwitches.SplitBy.CAMERA);
            assertThat(redis.entries(KEYS.capture()))
                    .extracting(frame -> Objects.requireNonNull(frame.fields()).text("camera_id"))
                    .containsExactlyElementsOf(cameras.stream().filter(switches::takes).toList());
        }
    }

    @Test
    void theGateBeginsWhereTheOlderServiceStoppedAndGivesItWhatItHeld() {
        List<EntryId> sent = redis.frames(KEYS.produced(), "door", 700);
        olderServiceReads(600);
        for (EntryId done : sent.subList(0, 100)) {
            redis.call("XACK", KEYS.produced(), "frame-buffer", done.toString());
        }
        redis.call("XDEL", KEYS.produced(), sent.get(200).toString());
        GateStore.open(redis.connection(), STREAMS);
        GateStore.open(redis.connection(), STREAMS);
        pass();
        List<EntryId> expected = new ArrayList<>(sent.subList(100, 700));
        expected.remove(sent.get(200));
        assertThat(redis.ids(KEYS.legacy())).isEqualTo(expected);
        assertThat(count("pending_moved")).isEqualTo(499);
        assertThat(count("pending_lost")).isEqualTo(1);
        assertThat(Replies.list(redis.call("XINFO", "GROUPS", KEYS.produced()))).as("only ours is left").hasSize(1);
    }

    @Test
    void withoutTheOlderServicesGroupTheGateStaysClosed() {
        redis.frames(KEYS.produced(), "door", 1);
        assertThatThrownBy(() -> GateStore.open(redis.connection(), STREAMS)).isInstanceOf(RedisRefused.class)
                .hasMessageContaining("frame-buffer").hasMessageContaining("frames:capture");
        assertThat(GateStore.forward(redis.connection(), STREAMS)).isEmpty();
    }

    @Test
    void whenTheGateIsTakenAwayTheOlderServiceContinuesWithoutLossOrRepetition() {
        open(0, "camera");
        List<EntryId> first = redis.frames(KEYS.produced(), "door", 5);
        pass();
        redis.call("XGROUP", "CREATE", KEYS.legacy(), "frame-buffer", "0");
        redis.call("XREADGROUP", "GROUP", "frame-buffer", "v1", "COUNT", 2, "STREAMS", KEYS.legacy(), ">");
        redis.call("XACK", KEYS.legacy(), "frame-buffer", first.getFirst().toString());
        redis.frames(KEYS.produced(), "yard", 3);
        assertThatThrownBy(() -> GateStore.giveBack(redis.connection(), STREAMS))
                .isInstanceOf(IllegalStateException.class);

        GateStore.close(redis.connection(), STREAMS);
        GateStore.close(redis.connection(), STREAMS);
        GateStore.giveBack(redis.connection(), STREAMS);
        GateStore.giveBack(redis.connection(), STREAMS);
        var left = Replies.list(Replies.list(Replies.list(redis.call("XREADGROUP", "GROUP", "frame-buffer", "v1",
                "STREAMS", KEYS.produced(), ">")).getFirst()).get(1));
        assertThat(Replies.entries(left)).extracting(frame -> Objects.requireNonNull(frame.fields()).text("frame_id"))
                .containsExactly(
                        "yard-1", "yard-2", "yard-3", "door-2", "door-3", "door-4", "door-5");
        assertThat(redis.call("EXISTS", KEYS.legacy())).isEqualTo(0L);
    }

    @Test
    void anotherGroupOnTheProducersStreamKeepsItsFrames() {
        open(100, "camera");
        redis.call("XGROUP", "CREATE", KEYS.produced(), "recorder", "0");
        redis.frames(KEYS.produced(), "door", 3);
        pass();
        assertThat(redis.ids(KEYS.produced())).hasSize(3);
        redis.call("XREADGROUP", "GROUP", "recorder", "r", "NOACK", "STREAMS", KEYS.produced(), ">");
        redis.frames(KEYS.produced(), "door", 1);
        pass();
        assertThat(redis.ids(KEYS.produced())).hasSize(1);
    }

    @Test
    void anEntryThatNoScriptCanCopyIsCountedAndStopsNothing() {
        open(100, "camera");
        List<Object> large = new ArrayList<>(List.of(KEYS.produced(), "*"));
        for (int i = 0; i < 4_000; i++) {
            large.addAll(List.of("f" + i, "v"));
        }
        redis.call("XADD", large.toArray());
        redis.frames(KEYS.produced(), "door", 1);
        pass();
        assertThat(redis.ids(KEYS.capture())).hasSize(1);
        assertThat(count("too_large")).isEqualTo(1);
    }

    @Test
    void aKeyThatIsNoStreamChangesNothing() {
        open(50, "frame");
        redis.frames(KEYS.produced(), "door", 4);
        redis.call("SET", KEYS.legacy(), "mine");
        assertThatThrownBy(() -> GateStore.forward(redis.connection(), STREAMS)).hasMessageContaining("WRONGTYPE");
        redis.call("DEL", KEYS.legacy());
        pass();
        assertThat(redis.ids(KEYS.legacy())).hasSize(2);
        assertThat(redis.ids(KEYS.capture())).hasSize(2);
    }

    @Test
    void onlyTheHolderOfTheLeaseWorksAndAnotherFollowsWhenItStops() throws InterruptedException {
        Gate other = new Gate(STREAMS, "two", nanos::get, idle);
        open(100, "camera");
        redis.frames(KEYS.produced(), "door", 1);
        gate.runOnce(redis.connection());
        redis.frames(KEYS.produced(), "door", 1);
        other.runOnce(redis.connection());
        assertThat(redis.ids(KEYS.capture())).hasSize(1);
        gate.stopping(redis.connection());
        redis.call("DEL", KEYS.gateLease());
        nanos.addAndGet(other.rest().toNanos());
        other.runOnce(redis.connection());
        assertThat(redis.ids(KEYS.capture())).hasSize(2);
    }

    private void decommissioned() {
        open(100, "camera");
        redis.call("HSET", KEYS.migration(), "decommissioned", "now");
    }

    @Test
    void atTheEndThisServiceContinuesInTheProducersStreamWithAllThatItHolds() {
        decommissioned();
        List<EntryId> sent = redis.frames(KEYS.produced(), "door", 5);
        pass();
        redis.call("XGROUP", "CREATE", KEYS.capture(), "frame-buffer-v2", "0");
        redis.call("XREADGROUP", "GROUP", "frame-buffer-v2", "one", "COUNT", 2, "STREAMS", KEYS.capture(), ">");
        sent.addAll(redis.frames(KEYS.produced(), "yard", 200));
        assertThat(GateStore.finish(redis.connection(), STREAMS)).isTrue();

        assertThat(redis.ids(KEYS.produced())).isEqualTo(sent);
        assertThat(Replies.number(Replies.list(redis.call("XPENDING", KEYS.produced(), "frame-buffer-v2")).getFirst()))
                .isEqualTo(2);
        assertThat(redis.call("EXISTS", KEYS.capture(), KEYS.migration())).isEqualTo(0L);
        assertThat(redis.frames(KEYS.produced(), "door", 1).getFirst()).isGreaterThan(sent.getLast());
        assertThat(GateStore.forward(redis.connection(), STREAMS)).as("the gate is gone").isEmpty();
    }

    @Test
    void theEndWaitsForInstancesThatStillWorkAsTheGateAndForTheOlderService() throws InterruptedException {
        open(100, "camera");
        assertThatThrownBy(() -> GateStore.finish(redis.connection(), STREAMS))
                .hasMessageContaining("not decommissioned");
        redis.call("DEL", KEYS.gateLease());
        redis.call("HSET", KEYS.migration(), "decommissioned", "now");
        gate.runOnce(redis.connection());
        assertThat(GateStore.finish(redis.connection(), STREAMS)).isFalse();
        redis.call("DEL", KEYS.gateLease());
        redis.call("XGROUP", "CREATE", KEYS.produced(), "recorder", "$");
        redis.frames(KEYS.capture(), "door", 1);
        assertThatThrownBy(() -> GateStore.finish(redis.connection(), STREAMS))
                .hasMessageContaining("another consumer group");
        assertThat(redis.ids(KEYS.capture())).hasSize(1);
    }
}
