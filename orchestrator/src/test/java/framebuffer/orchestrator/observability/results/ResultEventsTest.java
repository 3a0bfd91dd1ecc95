package framebuffer.orchestrator.observability.results;

import static org.assertj.core.api.Assertions.assertThat;

import framebuffer.orchestrator.observability.results.ResultEvents.ResultEvent;
import framebuffer.orchestrator.observability.results.ResultEvents.ResultListener;
import framebuffer.redis.RedisConnection;
import framebuffer.redis.Replies;
import framebuffer.redis.embedded.EmbeddedRedis;
import framebuffer.testkit.Await;
import framebuffer.wire.EntryId;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ResultEventsTest {
    private static final Duration LOOK = Duration.ofMillis(200);

    @TempDir
    static Path folder;
    private static EmbeddedRedis server;
    private StoredResults stored;
    private ResultEvents events;

    @BeforeAll
    static void begin() {
        server = EmbeddedRedis.start(folder);
    }

    @AfterAll
    static void end() {
        server.close();
    }

    @BeforeEach
    void start() {
        stored = new StoredResults(server.address());
        events = new ResultEvents(stored.partitions, new ResultPages(stored.partitions));
    }

    @AfterEach
    void stop() {
        stored.close();
    }

    /** Receives this number of events. */
    private static List<ResultEvent> receive(ResultListener listener, int count) {
        List<ResultEvent> received = new ArrayList<>();
        Await.until(count + " events", () -> {
            try {
                received.addAll(listener.next(LOOK));
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
            return received.size() >= count;
        });
        return received;
    }

    private static List<String> frames(List<ResultEvent> received) {
        return received.stream().map(event -> event.result().frameId()).toList();
    }

    private static String[] names(int from, int to) {
        return IntStream.range(from, to).mapToObj(i -> "f" + i).toArray(String[]::new);
    }

    @Test
    void everyListenerGetsWhatItWantsOfWhatIsWrittenFromNowOn() throws InterruptedException {
        stored.write(0, "*", "before");
        try (ResultListener all = events.listen(ResultFilter.ALL, null);
                ResultListener door = events.listen(new ResultFilter("door", null, null, null), null)) {
            stored.write(0, "*", "yard");
            stored.writeMalformed(0);
            stored.write(1, "*", "door", "camera_id", "door");
            assertThat(frames(receive(all, 2))).containsExactlyInAnyOrder("yard", "door");
            assertThat(frames(receive(door, 1))).containsExactly("door");
            assertThat(all.next(Duration.ZERO)).isEmpty();
        }
    }

    @Test
    void whoComesBackWithTheLastPositionMissesNothingAndGetsNothingTwice() {
        ResultCursor position;
        try (ResultListener listener = events.listen(ResultFilter.ALL, null)) {
            stored.writeMany(0, 500);
            position = receive(listener, 200).get(149).position();
        }
        stored.writeMany(500, 3_000);
        List<ResultEvent> rest;
        try (ResultListener other = events.listen(ResultFilter.ALL, null);
                ResultListener again = events.listen(ResultFilter.ALL, position)) {
            stored.writeMany(3_000, 3_100);
            rest = receive(again, 2_950);
            assertThat(frames(receive(other, 100))).containsExactlyInAnyOrder(names(3_000, 3_100));
        }
        assertThat(frames(rest)).hasSize(2_950).doesNotHaveDuplicates().contains(names(500, 3_100));
    }

    @Test
    void aListenerThatIsFarBehindHoldsUpNobodyAndReadsTheRestFromRedis() {
        try (ResultListener slow = events.listen(ResultFilter.ALL, null);
                ResultListener fast = events.listen(ResultFilter.ALL, null)) {
            stored.writeMany(0, 10);
            receive(slow, 10);
            int many = 3 * RecentResults.KEPT;
            for (int i = 10; i < many; i += 100) {
                stored.writeMany(i, Math.min(many, i + 100));
            }
            assertThat(frames(receive(fast, many))).containsExactlyInAnyOrder(names(0, many));
            assertThat(frames(receive(slow, many - 10))).containsExactlyInAnyOrder(names(10, many));
        }
    }

    @Test
    void whoseNextResultsHaveLeftRedisGetsTheNewOnesWithoutReadingAgainAndAgain() throws InterruptedException {
        stored.write(0, "*", "kept");
        EntryId gone = stored.write(1, "*", "gone");
        try (RedisConnection redis = RedisConnection.open(server.address());
                ResultListener _ = events.listen(ResultFilter.ALL, null)) {
            Await.until("both partitions are read", () -> blocked(redis) == 2);
            stored.write(0, "*", "new");
            stored.delete(1, gone);
            try (ResultListener late = events.listen(ResultFilter.ALL,
                    new ResultCursor(List.of(EntryId.FIRST, EntryId.FIRST)))) {
                assertThat(frames(receive(late, 2))).containsExactly("kept", "new");
                assertThat(late.position().ids().get(1)).isEqualTo(gone);
                long before = stored.calls("xrange");
                assertThat(late.next(Duration.ZERO)).isEmpty();
                assertThat(late.next(Duration.ZERO)).isEmpty();
                assertThat(stored.calls("xrange")).isEqualTo(before);
                stored.write(1, "*", "next");
                assertThat(frames(receive(late, 1))).containsExactly("next");
            }
        }
    }

    @Test
    void whatIsNoResultIsCounted() {
        ResultCursor before = new ResultPages(stored.partitions).end();
        stored.writeMalformed(0);
        try (RedisConnection redis = RedisConnection.open(server.address());
                ResultListener behind = events.listen(ResultFilter.ALL, before)) {
            Await.until("both partitions are read", () -> blocked(redis) == 2);
            stored.write(0, "*", "a result");
            receive(behind, 1);
            assertThat(events.malformed()).isEqualTo(1);
            stored.writeMalformed(1);
            Await.until("the second is counted", () -> events.malformed() == 2);
        }
    }

    @Test
    void oneReaderForEachPartitionReadsForAllListenersAndNoneForNobody() {
        try (RedisConnection redis = RedisConnection.open(server.address())) {
            List<ResultListener> listeners = IntStream.range(0, 20)
                    .mapToObj(_ -> events.listen(ResultFilter.ALL, null)).toList();
            Await.until("both partitions are read", () -> blocked(redis) == 2);
            listeners.forEach(ResultListener::close);
            Await.until("nobody reads", () -> blocked(redis) == 0 && connections(redis) == 2);
        }
    }

    private static long blocked(RedisConnection redis) {
        return Replies.text(redis.call("INFO", "clients")).lines().filter(line -> line.startsWith("blocked_clients:"))
                .mapToLong(line -> Long.parseLong(line.substring(line.indexOf(':') + 1))).sum();
    }

    private static long connections(RedisConnection redis) {
        return Replies.text(redis.call("CLIENT", "LIST")).lines().count();
    }
}
