package framebuffer.migration.shadow;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import framebuffer.migration.MigrationRedis;
import framebuffer.migration.gate.GateStore;
import framebuffer.migration.gate.GateStreams;
import framebuffer.redis.Replies;
import framebuffer.redis.StreamEntry;
import framebuffer.wire.EntryId;
import framebuffer.wire.Keys;
import framebuffer.wire.control.Heartbeat;
import framebuffer.wire.control.Heartbeat.HealthStatus;
import framebuffer.wire.control.Registration;
import framebuffer.wire.text.Json;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class ShadowTest {
    @RegisterExtension
    static final MigrationRedis redis = new MigrationRedis();
    private static final Keys KEYS = new Keys("", true);
    private static final GateStreams STREAMS = new GateStreams(KEYS, "frame-buffer-v2", "frame-buffer");

    private final AtomicLong nanos = new AtomicLong();
    private final Shadow shadow = new Shadow(STREAMS, new ShadowPolicy(false, Duration.ZERO), nanos::get);

    @BeforeEach
    void anOlderServiceAndAProcessor() {
        redis.call("XGROUP", "CREATE", KEYS.produced(), "frame-buffer", "0", "MKSTREAM");
        register("face-1", "face", 100, 20.0);
    }

    private static void register(String id, String capability, int capacity, @Nullable Double millis) {
        redis.call("HSET", KEYS.registry(), id, Registration.of(id, List.of(capability), capacity).encode());
        redis.call("HSET", KEYS.health(), id,
                new Heartbeat(id, HealthStatus.HEALTHY, null, null, millis, null).encode());
    }

    private static void turn(boolean on) {
        assertThat(ShadowStore.turn(redis.connection(), STREAMS, on)).isTrue();
    }

    private static EntryId send(String camera, String... more) {
        return EntryId.parse(Replies.text(redis.call("XADD", concat(new Object[]{KEYS.produced(), "*", "frame_id", "f",
                "camera_id", camera}, more))));
    }

    private static Object[] concat(Object[] words, String... more) {
        return Stream.concat(Arrays.stream(words), Arrays.stream(more)).toArray();
    }

    private static void olderReads(int frames) {
        redis.call("XREADGROUP", "GROUP", "frame-buffer", "v1", "COUNT", frames, "STREAMS", KEYS.produced(), ">");
    }

    private static List<ShadowRecord> records() {
        return redis.entries(KEYS.shadow()).stream().map(StreamEntry::fields).map(ShadowRecord::of)
                .map(Objects::requireNonNull).toList();
    }

    private static ObjectNode report() {
        return ShadowReport.read(redis.connection(), STREAMS).json();
    }

    @Test
    void fromItsBeginningItRecordsEachFrameAndHandsOffNothing() {
        send("before", "detection_type", "face");
        turn(true);
        EntryId first = send("door", "detection_type", "face", "pixels", "p".repeat(10_000));
        olderReads(2);
        send("yard", "detection_type", "fire");
        send("");
        shadow.runOnce(redis.connection());
        assertThat(records()).extracting(ShadowRecord::cameraId).containsExactly("door", "yard", "");
        assertThat(records()).extracting(ShadowRecord::outcome).containsExactly("handed", "unroutable", "invalid");
        assertThat(records()).extracting(ShadowRecord::reason).containsExactly("", "no_processor", "camera_id");
        assertThat(records()).extracting(ShadowRecord::olderRead).containsExactly(true, false, false);
        assertThat(records().getFirst().captureId()).isEqualTo(first);
        assertThat(records().getFirst().processor()).isEqualTo("face-1");
        assertThat(shadow.counts()).containsEntry("handed", 1L).containsEntry("invalid", 1L);
        assertThat(redis.call("EXISTS", KEYS.capture(), KEYS.queue("frames:ready:face-1"))).isEqualTo(0L);
        assertThat(Replies.list(redis.call("XPENDING", KEYS.produced(), "frame-buffer-v2")).getFirst()).isEqualTo(0L);
        assertThat(redis.ids(KEYS.produced())).as("nothing is taken from the older service").hasSize(4);
    }

    @Test
    void whenItEndsItReadsNoMoreAndHoldsNothingBack() {
        turn(true);
        shadow.runOnce(redis.connection());
        assertThat(shadow.isOn()).isTrue();
        turn(false);
        send("door", "detection_type", "face");
        shadow.runOnce(redis.connection());
        assertThat(shadow.isOn()).isFalse();
        assertThat(records()).isEmpty();
        assertThat(Replies.list(redis.call("XINFO", "GROUPS", KEYS.produced()))).as("only the older service's")
                .hasSize(1);
        turn(true);
        send("yard", "detection_type", "face");
        shadow.runOnce(redis.connection());
        assertThat(records()).as("not what came while it was off").extracting(ShadowRecord::cameraId)
                .containsExactly("yard");
    }

    @Test
    void itReadsNothingOnceTheGateIsOpen() {
        turn(true);
        send("door", "detection_type", "face");
        GateStore.open(redis.connection(), STREAMS);
        // As if an operator had set the switch by hand.
        redis.call("HSET", KEYS.control(), "shadow", "true");
        shadow.runOnce(redis.connection());
        assertThat(records()).isEmpty();
        assertThat(ShadowStore.turn(redis.connection(), STREAMS, true)).isFalse();
        assertThat(ShadowStore.turn(redis.connection(), STREAMS, false)).isFalse();
        assertThat(Replies.list(redis.call("XINFO", "GROUPS", KEYS.produced()))).as("the gate's place stays")
                .hasSize(1);
    }

    @Test
    void itFollowsTheProcessorsAndLeavesOutThoseThatDoNotWork() {
        redis.call("HSET", KEYS.health(), "face-1",
                new Heartbeat("face-1", HealthStatus.UNHEALTHY, null, null, null, null).encode());
        redis.call("HSET", KEYS.registry(), "leaving", Json.bytes(
                Registration.of("leaving", List.of("face"), 9).json().put("draining", true)), "broken", "{}");
        register("silent", "face", 9, null);
        redis.call("HSET", KEYS.health(), "silent", "{\"processor_id\":\"silent\",\"at\":\"2020-01-01T00:00:00Z\"}");
        turn(true);
        send("door", "detection_type", "face");
        shadow.runOnce(redis.connection());
        register("face-2", "face", 9, null);
        send("door", "detection_type", "face");
        shadow.runOnce(redis.connection());
        nanos.addAndGet(Duration.ofSeconds(1).toNanos());
        send("door", "detection_type", "face");
        shadow.runOnce(redis.connection());
        assertThat(records()).extracting(ShadowRecord::processor).as("it looks once a second")
                .containsExactly("", "", "face-2");
    }

    @Test
    void theRecordIsBoundedAndThePixelsStayOut() {
        turn(true);
        for (int i = 0; i < 3 * ShadowStore.BATCH; i++) {
            send("door", "detection_type", "face", "pixels", "p".repeat(10_000));
        }
        for (int i = 0; i < 4; i++) {
            shadow.runOnce(redis.connection());
        }
        assertThat(records()).hasSize(3 * ShadowStore.BATCH);
        assertThat((Long) redis.call("MEMORY", "USAGE", KEYS.shadow(), "SAMPLES", "0")).isLessThan(200_000);
    }

    @Test
    void theReportComparesBothServicesAndForecastsTheLoad() {
        register("face-2", "face", 1, null);
        turn(true);
        for (int i = 0; i < 200; i++) {
            send("door", "detection_type", "face");
        }
        send("yard", "detection_type", "fire");
        send("yard", "detection_type", "face", "ttl_ms", "0");
        olderReads(150);
        for (int i = 0; i < 4; i++) {
            shadow.runOnce(redis.connection());
        }
        ObjectNode json = report();
        assertThat(json.at("/recorded/frames").asInt()).isEqualTo(202);
        assertThat(json.at("/agreement/read").asInt()).isEqualTo(150);
        assertThat(json.at("/agreement/unread").asInt()).isEqualTo(52);
        assertThat(json.at("/reasons/no_processor").asInt()).isEqualTo(1);
        assertThat(json.at("/reasons/expired").asInt()).isEqualTo(1);
        assertThat(json.at("/outcomes/waited").asInt()).as("101 slots for 200 frames at once").isPositive();
        assertThat(json.at("/needs/0/camera_id").asText()).isEqualTo("door");
        assertThat(json.at("/needs/0/processors/face-1").asDouble()).isBetween(0.5, 1.0);
        assertThat(json.at("/needs/0/wait_ms/p95").asLong()).isPositive();
        assertThat(json.at("/forecast/processors/0/measured").asBoolean()).isTrue();
        assertThat(json.at("/forecast/processors/1/processing_ms").asInt()).isEqualTo(100);
        assertThat(json.at("/forecast/processors/0/utilization").asDouble()).isPositive();
        assertThat(json.at("/forecast/first_full").asText()).as("nobody offers it").isEqualTo("fire");
        assertThat(ShadowReport.read(redis.connection(), STREAMS).markdown()).contains("| door | face | 200 |")
                .contains("| face-2 | 100.0 (assumed) |").contains("| fire | 0 | ").contains("no processor")
                .contains("full first: fire");
    }

    @Test
    void theAgeAtTheOlderServiceIsSeenWhenItReadsLater() {
        turn(true);
        send("door", "detection_type", "face");
        shadow.runOnce(redis.connection());
        assertThat(report().at("/agreement/older_age_ms_at_most/frames").asInt()).isZero();
        olderReads(1);
        assertThat(report().at("/agreement/read").asInt()).as("read now, at an unknown age").isEqualTo(1);
        send("door", "detection_type", "face");
        shadow.runOnce(redis.connection());
        assertThat(report().at("/agreement/older_age_ms_at_most/frames").asInt()).isEqualTo(1);
    }

    @Test
    void withoutARecordTheReportSaysSo() {
        redis.call("XADD", KEYS.shadow(), "*", "written", "by somebody else");
        ShadowReport report = ShadowReport.read(redis.connection(), STREAMS);
        assertThat(report.isEmpty()).isTrue();
        assertThat(report.markdown()).contains("Nothing is recorded");
        redis.call("DEL", KEYS.produced());
        assertThat(report().at("/agreement/older_reads").asBoolean()).isFalse();
    }
}
