package framebuffer.redis.frames;

import static org.assertj.core.api.Assertions.assertThat;

import framebuffer.redis.RedisConnection;
import framebuffer.redis.Replies;
import framebuffer.redis.embedded.EmbeddedRedis;
import framebuffer.redis.frames.ResultTrim.ResultCounts;
import framebuffer.wire.Keys;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ResultTrimTest {
    private static final String RESULTS = Keys.DEFAULT.results();

    @TempDir
    Path folder;
    private final ResultTrim trim = new ResultTrim(Keys.DEFAULT);
    private EmbeddedRedis server;
    private RedisConnection redis;

    @BeforeEach
    void start() {
        server = EmbeddedRedis.start(folder);
        redis = RedisConnection.open(server.address());
    }

    @AfterEach
    void stop() {
        redis.close();
        server.close();
    }

    private void write(int count) {
        for (int i = 0; i < count; i++) {
            redis.send("XADD", List.of(RESULTS, "*", "frame_id", "f"));
        }
        for (int i = 0; i < count; i++) {
            redis.receive();
        }
    }

    private long length() {
        return Replies.number(redis.call("XLEN", RESULTS));
    }

    @Test
    void theNewestAreKeptToTheLastOneInBoundedSteps() {
        write(25_250);
        assertThat(trim.toNumber(redis, 120)).isTrue();
        assertThat(length()).isGreaterThanOrEqualTo(25_250 - ResultTrim.STEP);
        while (trim.toNumber(redis, 120)) {
            assertThat(length()).isGreaterThanOrEqualTo(120);
        }
        assertThat(length()).isEqualTo(120);
        assertThat(trim.count(redis)).isEqualTo(new ResultCounts(120, 25_130));
    }

    @Test
    void noneCanBeKept() {
        write(7);
        assertThat(trim.toNumber(redis, 0)).isTrue();
        assertThat(trim.toNumber(redis, 0)).isFalse();
        assertThat(length()).isZero();
    }

    @Test
    void whatWasWrittenTooLongAgoLeaves() {
        redis.call("XADD", RESULTS, "1000-0", "frame_id", "old");
        write(3);
        assertThat(trim.toAge(redis, Instant.now().minusSeconds(3_600))).isFalse();
        assertThat(length()).isEqualTo(3);
        assertThat(trim.toAge(redis, Instant.EPOCH)).isFalse();
        assertThat(length()).isEqualTo(3);
    }

    @Test
    void whatIsNoStreamIsLeftAlone() {
        redis.call("SET", RESULTS, "something else");
        assertThat(trim.toNumber(redis, 1)).isFalse();
        assertThat(trim.count(redis)).isEqualTo(ResultCounts.NONE);
    }
}
