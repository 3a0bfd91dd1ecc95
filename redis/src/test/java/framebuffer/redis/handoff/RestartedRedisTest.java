package framebuffer.redis.handoff;

import static org.assertj.core.api.Assertions.assertThat;

import framebuffer.redis.GroupReader;
import framebuffer.redis.RedisConnection;
import framebuffer.redis.StreamEntry;
import framebuffer.redis.embedded.EmbeddedRedis;
import framebuffer.redis.frames.LedgerReader;
import framebuffer.redis.testing.CaptureStream;
import framebuffer.wire.Keys;
import framebuffer.wire.text.Fields;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A Redis that restarts from its append-only file has lost the read count of a group. */
class RestartedRedisTest {
    private static final Keys KEYS = Keys.DEFAULT;
    private static final String GROUP = "frame-buffer-v2";

    @TempDir
    private Path folder;
    private long lost;

    @Test
    void whatWasReadIsNotLostAndWhatWasTrimmedUnreadIsCountedToTheLastFrame() {
        run(redis -> {
            produce(redis, 50);
            end(redis, read(redis, 30));
            read(redis, 5);
        });
        assertThat(lost).isZero();
        run(redis -> {
            produce(redis, 50);
            end(redis, read(redis, 20));
        });
        assertThat(lost).isZero();
        run(redis -> redis.call("XTRIM", KEYS.capture(), "MAXLEN", 10));
        assertThat(lost).isEqualTo(35);
        run(redis -> {
            redis.call("XTRIM", KEYS.capture(), "MAXLEN", 8);
            Map<String, Long> unknown = Objects
                    .requireNonNull(LedgerReader.counts(redis, KEYS).get(Move.UNKNOWN_CAMERA));
            assertThat(unknown).containsEntry("lost", 35L);
        });
        assertThat(lost).isEqualTo(37);
    }

    /** Redis was emptied, then killed before the next inspection. */
    @Test
    void whereNobodyHasLookedSinceTheLedgerBeganWhatWasReadIsNotLostEither() {
        run(redis -> {
            redis.call("FLUSHALL");
            reader().ensureGroup(redis);
            produce(redis, 50);
            end(redis, read(redis, 30));
        }, false);
        assertThat(lost).isZero();
        run(redis -> {
            produce(redis, 10);
            end(redis, read(redis, 10));
        });
        assertThat(lost).isZero();
        run(redis -> redis.call("XTRIM", KEYS.capture(), "MAXLEN", 5));
        assertThat(lost).isEqualTo(15);
    }

    /** A phase between a start of Redis and its end, with an inspection before and after. */
    private interface Life {
        void with(RedisConnection redis);
    }

    private void run(Life life) {
        run(life, true);
    }

    private void run(Life life, boolean lookedAtEnd) {
        try (EmbeddedRedis server = EmbeddedRedis.start(folder);
                RedisConnection redis = RedisConnection.open(server.address())) {
            reader().ensureGroup(redis);
            look(redis);
            life.with(redis);
            if (lookedAtEnd) {
                look(redis);
            }
        }
    }

    private void look(RedisConnection redis) {
        lost += CaptureInspection.at(redis, KEYS, GROUP, HandOff.HandOffLimits.DEFAULT.ledgerFields()).lost();
    }

    private static GroupReader reader() {
        return new GroupReader(KEYS.capture(), GROUP, "i1");
    }

    private static void produce(RedisConnection redis, int frames) {
        for (int i = 0; i < frames; i++) {
            redis.call("XADD", KEYS.capture(), "*", "frame_id", "f" + i, "camera_id", "cam");
        }
    }

    private static List<StreamEntry> read(RedisConnection redis, int frames) {
        return reader().readNew(redis, frames, Duration.ZERO);
    }

    /** Counts frames and ends them. */
    private static void end(RedisConnection redis, List<StreamEntry> entries) {
        HandOff handOff = new HandOff(KEYS, CaptureStream.CONSUMER, HandOff.HandOffLimits.DEFAULT);
        handOff.prepare(redis);
        List<Move> moves = new ArrayList<>();
        entries.forEach(entry -> moves.add(new Move.Shed(entry.id(), entry.id(), "cam", "expired",
                Fields.ofText("frame_id", "f"))));
        handOff.begin(redis,
                new HandOff.HandOffBatch(new FrameSource(KEYS.capture(), GROUP, FrameSource.SourceKind.CAPTURE),
                        Map.of(),
                        new HandOff.CapturedFrames("i1", handOff.mark(redis, "i1").cursor(), entries.getLast().id(),
                                Map.of("cam", entries.size())),
                        moves))
                .await();
    }
}
