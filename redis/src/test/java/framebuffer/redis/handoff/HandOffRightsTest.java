package framebuffer.redis.handoff;

import static framebuffer.redis.testing.CaptureStream.CONSUMER;
import static framebuffer.redis.testing.CaptureStream.KEYS;
import static framebuffer.redis.testing.CaptureStream.SOURCE;
import static framebuffer.redis.testing.CaptureStream.to;
import static org.assertj.core.api.Assertions.assertThat;

import framebuffer.redis.RedisAddress;
import framebuffer.redis.RedisAddress.ConnectTimeouts;
import framebuffer.redis.RedisConnection;
import framebuffer.redis.RedisRefused;
import framebuffer.redis.RedisUnavailable;
import framebuffer.redis.StreamEntry;
import framebuffer.redis.testing.CaptureStream;
import framebuffer.redis.testing.TestRedis;
import framebuffer.wire.EntryId;
import framebuffer.wire.Secret;
import framebuffer.wire.text.Fields;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** A user loses any right while an instance runs: no frame is lost or handed off twice. */
class HandOffRightsTest {
    @RegisterExtension
    static final TestRedis redis = new TestRedis();
    private static final String A = "frames:ready:a";
    private static final String B = "frames:ready:b";
    private static final int FRAMES = 6;

    private final CaptureStream capture = new CaptureStream(redis);

    static Stream<Arguments> commands() {
        return Stream.of("set", "get", "del", "exists", "type", "eval", "evalsha", "exec", "hget", "hset", "hexists",
                "hlen", "hincrby", "hmget", "multi", "xack", "xadd", "xclaim", "xdel", "xinfo", "xlen", "xpending",
                "xrevrange").flatMap(command -> Stream.of(Arguments.of(command, 1), Arguments.of(command, 100)));
    }

    private static void may(String... rules) {
        List<Object> line = new ArrayList<>(List.of("SETUSER", "limited", "reset", "on", ">secret", "~*", "&*"));
        line.addAll(List.of(rules));
        redis.call("ACL", line.toArray());
    }

    private static RedisConnection limited() {
        RedisAddress address = redis.address();
        return RedisConnection
                .open(new RedisAddress(address.host(), address.port(), false, "limited", new Secret("secret"), 0,
                        new ConnectTimeouts(Duration.ofSeconds(5), Duration.ofMillis(10), Duration.ofMillis(20))));
    }

    private static HandOff.HandOffBatch batch(EntryId known, List<StreamEntry> frames) {
        return new HandOff.HandOffBatch(SOURCE, Map.of(A, 2, B, 9),
                new HandOff.CapturedFrames(CONSUMER, known, frames.getLast().id(), Map.of("cam", frames.size())),
                IntStream.range(0, frames.size()).<Move>mapToObj(i -> {
                    Move.ToQueues way = to(frames.get(i), i % 2 == 0 ? A : B);
                    return new Move.ToQueues(way.entry(), way.captureId(), way.camera(), way.targets(), EntryId.FIRST,
                            false, null);
                }).toList());
    }

    /** Asserts that each frame is pending, or in exactly one queue. */
    private void assertNothingIsHalfDone(List<StreamEntry> frames) {
        List<EntryId> found = new ArrayList<>(capture.pending());
        for (String queue : List.of(A, B)) {
            redis.column(queue, "capture_id").forEach(id -> found.add(EntryId.parse(String.valueOf(id))));
        }
        assertThat(found).containsExactlyInAnyOrderElementsOf(frames.stream().map(StreamEntry::id).toList());
    }

    @ParameterizedTest
    @MethodSource("commands")
    void withoutOneCommandNothingIsHalfDone(String command, int fewestInTransaction) {
        List<StreamEntry> frames = capture.frames(FRAMES);
        EntryId known = capture.cursor(CONSUMER);
        may("+@all");
        HandOff handOff = new HandOff(KEYS, CONSUMER, HandOff.HandOffLimits.DEFAULT, fewestInTransaction);
        try (RedisConnection connection = limited()) {
            handOff.prepare(connection);
            may("+@all", "-" + command);
            for (int attempt = 0; attempt < 2; attempt++) {
                tried(handOff, connection, batch(known, frames));
                assertNothingIsHalfDone(frames);
            }
        }
        may("+@all");
        try (RedisConnection connection = limited()) {
            handOff.prepare(connection);
            tried(handOff, connection, batch(capture.cursor(CONSUMER), frames));
        }
        assertNothingIsHalfDone(frames);
        // The last frame would have overtaken a frame of its camera that found no room.
        assertThat(capture.queued(B)).containsExactly("f2", "f4");
        assertThat(redis.hash(KEYS.ledger())).containsEntry("cursor:" + CONSUMER, frames.getLast().id().toString());
    }

    private static void tried(HandOff handOff, RedisConnection connection, HandOff.HandOffBatch batch) {
        if (connection.isBroken()) {
            return;
        }
        try {
            handOff.begin(connection, batch).await();
        } catch (Fenced | RedisRefused | RedisUnavailable e) {
            assertThat(e).hasMessageMatching("(?s).*(NOPERM|can't run|taken over).*");
        }
    }

    @Test
    void framesThatComeBackNeedNoVerdictAndGoOnce() {
        capture.frames(0);
        redis.call("XGROUP", "CREATE", KEYS.returned(), CaptureStream.GROUP, "0", "MKSTREAM");
        List<Move> moves = new ArrayList<>();
        for (int i = 1; i <= 3; i++) {
            EntryId captured = new EntryId(i, 7);
            Fields fields = Fields.ofText("frame_id", "f" + i, "camera_id", "cam", "capture_id", captured.toString());
            EntryId entry = redis.add(KEYS.returned(), fields);
            redis.add(A, Fields.ofText("frame_id", "before", "capture_id", captured.toString(), "x", "y"));
            moves.add(new Move.ToQueues(entry, captured, "cam", List.of(new Move.QueueTarget(A, fields))));
        }
        redis.call("XREADGROUP", "GROUP", CaptureStream.GROUP, CONSUMER, "STREAMS", KEYS.returned(), ">");
        HandOff handOff = new HandOff(KEYS, CONSUMER, HandOff.HandOffLimits.DEFAULT, 1);
        handOff.prepare(redis.connection());
        may("+@all", "-set");
        try (RedisConnection connection = limited()) {
            handOff.prepare(connection);
            tried(handOff, connection,
                    new HandOff.HandOffBatch(
                            new FrameSource(KEYS.returned(), CaptureStream.GROUP, FrameSource.SourceKind.RETURNED),
                            Map.of(A, 9), null, moves));
        }
        assertThat(capture.queued(A)).containsExactly("before", "before", "before", "f1", "f2", "f3");
        assertThat(redis.pending(KEYS.returned(), CaptureStream.GROUP)).isEmpty();
    }
}
