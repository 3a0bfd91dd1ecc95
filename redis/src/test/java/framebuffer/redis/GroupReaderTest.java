package framebuffer.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import framebuffer.redis.testing.TestRedis;
import framebuffer.testkit.Await;
import framebuffer.wire.EntryId;
import framebuffer.wire.text.Fields;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

@Timeout(30)
class GroupReaderTest {
    @RegisterExtension
    static final TestRedis redis = new TestRedis();
    private static final Fields FIELDS = Fields.ofText("f", "v");

    private final GroupReader reader = new GroupReader("s", "g", "me");

    private List<StreamEntry> readNew(int atMost) {
        return reader.readNew(redis.connection(), atMost, Duration.ZERO);
    }

    @Test
    void theGroupIsMadeOnceAtTheStartOfTheStream() {
        EntryId first = redis.add("s", FIELDS);
        assertThat(reader.ensureGroup(redis.connection())).isTrue();
        assertThat(reader.ensureGroup(redis.connection())).isFalse();
        assertThat(readNew(10)).containsExactly(new StreamEntry(first, FIELDS));
        assertThat(readNew(10)).isEmpty();
    }

    @Test
    void theStreamIsMadeToo() {
        assertThat(reader.ensureGroup(redis.connection())).isTrue();
        assertThat(redis.length("s")).isZero();
        assertThat(redis.call("EXISTS", "s")).isEqualTo(1L);
    }

    @Test
    void whatIsInTheWayIsRefused() {
        redis.call("SET", "s", "no stream");
        assertThatThrownBy(() -> reader.ensureGroup(redis.connection())).isInstanceOf(RedisRefused.class);
    }

    @Test
    void withoutTheGroupReadingIsRefusedByName() {
        assertThatThrownBy(() -> readNew(1)).isInstanceOf(RedisRefused.class)
                .satisfies(e -> assertThat(((RedisRefused) e).code()).isEqualTo("NOGROUP"));
    }

    @Test
    void withoutTheGroupNothingIsPending() {
        assertThat(reader.oldestPending(redis.connection())).isNull();
    }

    @Test
    void whatWasGivenStaysPendingAndCanBeReadAgain() {
        reader.ensureGroup(redis.connection());
        for (int i = 0; i < 5; i++) {
            redis.add("s", FIELDS);
        }
        List<StreamEntry> given = readNew(4);
        assertThat(given).hasSize(4);
        redis.call("XACK", "s", "g", given.get(1).id().toString());
        redis.call("XDEL", "s", given.get(2).id().toString());
        assertThat(reader.readPending(redis.connection(), EntryId.FIRST, 10)).containsExactly(given.get(0),
                new StreamEntry(given.get(2).id(), null), given.get(3));
        assertThat(reader.readPending(redis.connection(), given.get(2).id(), 10)).containsExactly(given.get(3));
        assertThat(reader.readPending(redis.connection(), given.get(3).id(), 10)).isEmpty();
    }

    @Test
    void itWaitsForWhatIsNewAndNoLonger() {
        reader.ensureGroup(redis.connection());
        assertThat(reader.readNew(redis.connection(), 10, Duration.ofMillis(5))).isEmpty();
        assertThat(reader.readNew(redis.connection(), 10, Duration.ofNanos(1))).isEmpty();
        RedisConnection other = redis.connect();
        CompletableFuture<List<StreamEntry>> read = CompletableFuture
                .supplyAsync(() -> reader.readNew(other, 10, Duration.ofSeconds(20)));
        Await.until("it waits", () -> Replies.text(redis.call("INFO", "clients")).contains("blocked_clients:1"));
        EntryId id = redis.add("s", FIELDS);
        assertThat(read.join()).containsExactly(new StreamEntry(id, FIELDS));
    }
}
