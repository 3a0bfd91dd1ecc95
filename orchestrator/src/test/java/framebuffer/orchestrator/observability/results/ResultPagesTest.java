package framebuffer.orchestrator.observability.results;

import static org.assertj.core.api.Assertions.assertThat;

import framebuffer.orchestrator.observability.results.ResultPages.ResultPage;
import framebuffer.orchestrator.observability.results.ResultPages.ResultQuery;
import framebuffer.redis.RedisConnection;
import framebuffer.redis.embedded.EmbeddedRedis;
import framebuffer.testkit.Await;
import framebuffer.wire.frame.StoredResult;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ResultPagesTest {
    @TempDir
    static Path folder;
    private static EmbeddedRedis server;
    private StoredResults stored;
    private ResultPages pages;

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
        pages = new ResultPages(stored.partitions);
    }

    @AfterEach
    void stop() {
        stored.close();
    }

    private static ResultQuery query(boolean newestFirst, @Nullable ResultCursor after, int limit) {
        return new ResultQuery(ResultFilter.ALL, newestFirst, after, null, null, limit);
    }

    private static ResultQuery all(ResultFilter filter) {
        return new ResultQuery(filter, false, null, null, null, 100);
    }

    private static List<String> frames(ResultPage page) {
        return page.results().stream().map(StoredResult::frameId).toList();
    }

    /** Pages to the end; all that it found, in order. */
    private List<StoredResult> read(boolean newestFirst, int limit) {
        List<StoredResult> found = new ArrayList<>();
        ResultPage page = pages.read(query(newestFirst, null, limit));
        found.addAll(page.results());
        while (page.more()) {
            page = pages.read(query(newestFirst, page.next(), limit));
            found.addAll(page.results());
        }
        return found;
    }

    @Test
    void resultsOfAllPartitionsComeInOneOrder() {
        stored.write(0, "1000-0", "a");
        stored.write(1, "1000-1", "b");
        stored.write(1, "2000-0", "c");
        stored.write(0, "3000-0", "d");
        assertThat(frames(pages.read(query(false, null, 10)))).containsExactly("a", "b", "c", "d");
        assertThat(frames(pages.read(query(true, null, 10)))).containsExactly("d", "c", "b", "a");
    }

    @Test
    void thousandsArePagedInOrderWithoutGapsOrRepeatsWhileNewOnesArrive() throws InterruptedException {
        page(10_000);
    }

    @Test
    @Tag("long")
    void aHundredThousandArePagedTheSame() throws InterruptedException {
        page(100_000);
    }

    private void page(int count) throws InterruptedException {
        stored.writeMany(0, count);
        CountDownLatch readHalf = new CountDownLatch(1);
        Thread writer = Thread.ofVirtual().start(() -> {
            for (int i = count; i < 2 * count; i += 100) {
                stored.writeMany(i, i + 100);
                if (i == count + count / 2) {
                    readHalf.countDown();
                }
            }
        });
        List<StoredResult> newest = read(true, 731);
        Await.signal(readHalf);
        List<StoredResult> oldest = read(false, 1_000);
        writer.join();
        assertThat(newest).isSortedAccordingTo(Comparator.comparing(StoredResult::id).reversed());
        for (int partition = 0; partition < 2; partition++) {
            assertThat(numbers(newest.reversed(), partition)).isEqualTo(firstNumbers(newest, partition))
                    .hasSizeGreaterThanOrEqualTo(count / 2);
            assertThat(numbers(oldest, partition)).isEqualTo(firstNumbers(oldest, partition))
                    .hasSizeGreaterThanOrEqualTo(count * 3 / 4);
        }
    }

    private static List<Integer> numbers(List<StoredResult> results, int partition) {
        return results.stream().map(one -> Integer.parseInt(one.frameId().substring(1)))
                .filter(number -> number % 2 == partition).toList();
    }

    /** What was written first to a partition: as many as there are results of it. */
    private static List<Integer> firstNumbers(List<StoredResult> results, int partition) {
        return IntStream.range(0, numbers(results, partition).size()).mapToObj(i -> 2 * i + partition).toList();
    }

    @Test
    void theCursorOfTheLastPageLeadsToWhatArrivesLater() {
        stored.writeMany(0, 10);
        ResultPage last = pages.read(query(false, null, 100));
        assertThat(last.more()).isFalse();
        stored.writeMany(10, 13);
        assertThat(frames(pages.read(query(false, last.next(), 100)))).containsExactlyInAnyOrder("f10", "f11", "f12");
    }

    @Test
    void theNewestFirstDoNotMeetWhatArrivesLater() {
        stored.write(0, "1000-0", "a");
        stored.write(0, "2000-0", "b");
        stored.write(1, "500-0", "other");
        ResultPage first = pages.read(query(true, null, 1));
        stored.write(1, "*", "later");
        stored.write(0, "*", "later");
        ResultPage second = pages.read(query(true, first.next(), 10));
        assertThat(frames(first)).containsExactly("b");
        assertThat(frames(second)).containsExactly("a", "other");
        assertThat(second.more()).isFalse();
    }

    @Test
    void malformedResultsAreSkippedAndCounted() {
        stored.write(0, "*", "a");
        stored.writeMalformed(0);
        stored.write(0, "*", "bad", "result", "{");
        stored.writeMalformed(1);
        stored.write(1, "*", "b");
        ResultPage page = pages.read(query(false, null, 10));
        assertThat(frames(page)).containsExactly("a", "b");
        assertThat(page.malformed()).isEqualTo(3);
    }

    @Test
    void eachFilterLetsOnlyItsResultsThrough() {
        stored.write(0, "*", "yard");
        stored.write(0, "*", "door", "camera_id", "door");
        stored.write(1, "*", "faces", "capability", "face");
        stored.write(1, "*", "cat", "result",
                "[{\"label\": \"cat\", \"score\": 0.4}, {\"label\": \"dog\", \"score\": 1}]");
        assertThat(frames(pages.read(all(new ResultFilter("door", null, null, null))))).containsExactly("door");
        assertThat(frames(pages.read(all(new ResultFilter(null, "face", null, null))))).containsExactly("faces");
        assertThat(frames(pages.read(all(new ResultFilter(null, null, "cat", null))))).containsExactly("cat");
        assertThat(frames(pages.read(all(new ResultFilter(null, null, null, 0.95))))).containsExactly("cat");
        assertThat(frames(pages.read(all(new ResultFilter(null, null, "cat", 0.5))))).isEmpty();
    }

    @Test
    void theTimeIsThatOfTheEntryFromItsBeginningToBeforeItsEnd() {
        stored.write(0, "1000-0", "before");
        stored.write(0, "2000-0", "first");
        stored.write(0, "2000-5", "second");
        stored.write(1, "2999-9", "third");
        stored.write(1, "3000-0", "after");
        for (boolean newestFirst : List.of(true, false)) {
            assertThat(
                    frames(pages.read(new ResultQuery(ResultFilter.ALL, newestFirst, null, Instant.ofEpochMilli(2000),
                            Instant.ofEpochMilli(3000), 10))))
                    .containsExactlyInAnyOrder("first", "second", "third");
            assertThat(frames(pages.read(new ResultQuery(ResultFilter.ALL, newestFirst, null, Instant.EPOCH,
                    Instant.EPOCH, 10)))).isEmpty();
        }
    }

    @Test
    void aPageThatFindsLittleEndsAllTheSame() {
        stored.writeMany(0, ResultPages.LOOKS + 10);
        stored.write(0, "*", "rare", "camera_id", "door");
        ResultFilter rare = new ResultFilter("door", null, null, null);
        ResultPage first = pages.read(all(rare));
        assertThat(first.results()).isEmpty();
        assertThat(first.more()).isTrue();
        assertThat(frames(pages.read(ResultQuery.following(rare, first.next(), 10)))).containsExactly("rare");
    }

    @Test
    void aPageOfLargeResultsHasFewOfThem() {
        String large = "\"" + "x".repeat(1 << 20) + "\"";
        IntStream.range(0, 8).forEach(i -> stored.write(0, "*", "f" + i, "result", large));
        ResultPage page = pages.read(query(false, null, 100));
        assertThat(frames(page)).containsExactly("f0", "f1", "f2", "f3");
        assertThat(page.more()).isTrue();
        assertThat(read(false, 100)).hasSize(8);
    }

    @Test
    void withoutAStreamThereAreNoResults() {
        assertThat(pages.read(query(true, null, 10)).results()).isEmpty();
        try (RedisConnection redis = RedisConnection.open(server.address())) {
            redis.call("SET", stored.partitions.getFirst().keys().results(), "not a stream");
        }
        ResultPage page = pages.read(query(false, null, 10));
        assertThat(page.results()).isEmpty();
        assertThat(page.more()).isFalse();
        assertThat(pages.read(query(true, page.next(), 10)).results()).isEmpty();
    }

    @Test
    void theEndIsBehindAllThatIsThere() {
        stored.writeMany(0, 10);
        ResultCursor end = pages.end();
        assertThat(pages.read(query(false, end, 10)).results()).isEmpty();
        stored.write(1, "*", "new");
        assertThat(frames(pages.read(query(false, end, 10)))).containsExactly("new");
    }
}
