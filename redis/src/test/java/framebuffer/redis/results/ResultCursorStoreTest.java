package framebuffer.redis.results;

import static framebuffer.redis.testing.CaptureStream.KEYS;
import static org.assertj.core.api.Assertions.assertThat;

import framebuffer.redis.results.ResultCursorStore.ResultCursor;
import framebuffer.redis.results.ResultCursorStore.ResultStream;
import framebuffer.redis.testing.TestRedis;
import framebuffer.wire.EntryId;
import framebuffer.wire.text.Fields;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class ResultCursorStoreTest {
    @RegisterExtension
    static final TestRedis redis = new TestRedis();
    private static final Duration LEASE = Duration.ofMinutes(1);
    private static final ResultCursor FIVE = new ResultCursor(EntryId.parse("7-1"), 5);

    private static long take(String holder) {
        return ResultCursorStore.takeLease(redis.connection(), KEYS, holder, LEASE);
    }

    private static boolean advance(ResultCursor cursor, long fence) {
        return ResultCursorStore.advance(redis.connection(), KEYS, "mqtt", cursor, fence);
    }

    @Test
    void oneInstanceHoldsTheLeaseUntilItReleasesIt() {
        long first = take("a");
        assertThat(take("a")).isEqualTo(first);
        assertThat(take("b")).isZero();
        ResultCursorStore.releaseLease(redis.connection(), KEYS, "b");
        assertThat(take("b")).isZero();
        ResultCursorStore.releaseLease(redis.connection(), KEYS, "a");
        assertThat(take("b")).isGreaterThan(first);
        assertThat((Long) redis.call("PTTL", KEYS.publisherLease())).isBetween(1L, LEASE.toMillis());
    }

    @Test
    void aFenceGrowsEvenIfRedisHasLostTheLastOne() {
        long first = take("a");
        redis.call("FLUSHALL");
        assertThat(take("b")).isGreaterThanOrEqualTo(first);
    }

    @Test
    void anEarlierPublisherCannotMoveTheCursor() {
        long first = take("a");
        assertThat(advance(FIVE, first)).isTrue();
        redis.call("DEL", KEYS.publisherLease());
        long second = take("b");
        assertThat(advance(new ResultCursor(EntryId.parse("8-0"), 6), first)).isFalse();
        assertThat(ResultCursorStore.read(redis.connection(), KEYS, "mqtt")).contains(FIVE);
        assertThat(advance(new ResultCursor(EntryId.parse("9-0"), 7), second)).isTrue();
    }

    @Test
    void aReaderWithoutAValidCursorHasNone() {
        assertThat(ResultCursorStore.read(redis.connection(), KEYS, "mqtt")).isEmpty();
        redis.call("HSET", KEYS.resultCursors(), "cursor:mqtt", "odd");
        assertThat(ResultCursorStore.read(redis.connection(), KEYS, "mqtt")).isEmpty();
    }

    @Test
    void theStreamIsDescribedWithWhatWasTrimmed() {
        assertThat(ResultCursorStore.inspect(redis.connection(), KEYS)).usingRecursiveComparison().ignoringFields("now")
                .isEqualTo(new ResultStream(Instant.EPOCH, Optional.empty(), EntryId.FIRST, 0, 0));
        redis.add(KEYS.results(), Fields.ofText("frame_id", "1"));
        EntryId second = redis.add(KEYS.results(), Fields.ofText("frame_id", "2"));
        EntryId third = redis.add(KEYS.results(), Fields.ofText("frame_id", "3"));
        redis.call("XTRIM", KEYS.results(), "MAXLEN", 2);
        ResultStream stream = ResultCursorStore.inspect(redis.connection(), KEYS);
        assertThat(stream.first()).contains(second);
        assertThat(stream.last()).isEqualTo(third);
        assertThat(stream.added()).isEqualTo(3);
        assertThat(stream.kept()).isEqualTo(2);
        assertThat(stream.now()).isAfterOrEqualTo(third.time());
    }
}
