package framebuffer.orchestrator.observability.results;

import static org.assertj.core.api.Assertions.assertThat;

import framebuffer.orchestrator.observability.results.RecentResults.RecentResult;
import framebuffer.orchestrator.observability.results.RecentResults.RecentSlice;
import framebuffer.wire.EntryId;
import framebuffer.wire.frame.StoredResult;
import framebuffer.wire.text.Decoded;
import framebuffer.wire.text.Fields;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class RecentResultsTest {
    private static final ResultCursor START = new ResultCursor(List.of(EntryId.FIRST));

    private final RecentResults recent = new RecentResults(1);

    private static RecentResult result(int number, long bytes) {
        StoredResult result = ((Decoded.Valid<StoredResult>) StoredResult.decode(new EntryId(number, 0),
                Fields.ofText("frame_id", "f", "camera_id", "c", "status", "success", "result", "[]"))).value();
        return new RecentResult(0, result, bytes);
    }

    private void add(int count, long bytes) {
        recent.add(IntStream.rangeClosed(1, count).mapToObj(i -> result(i, bytes)).toList());
    }

    private RecentSlice next(long position) throws InterruptedException {
        return recent.next(START, position, 10_000, Duration.ZERO);
    }

    @Test
    void nothingIsCoveredBeforeTheReaderHasBegun() throws InterruptedException {
        assertThat(recent.covers(START)).isFalse();
        recent.begin(0, new EntryId(5, 0));
        assertThat(recent.covers(START)).isFalse();
        assertThat(recent.covers(START.after(0, new EntryId(5, 0)))).isTrue();
    }

    @Test
    void aSliceContinuesTheOneBefore() throws InterruptedException {
        recent.begin(0, EntryId.FIRST);
        add(3, 1);
        RecentSlice first = recent.next(START, 0, 2, Duration.ZERO);
        assertThat(first.results()).hasSize(2);
        assertThat(next(first.position()).results()).extracting(one -> one.result().id().millis()).containsExactly(3L);
    }

    @Test
    void moreThanItKeepsIsNotCoveredForWhoHasNotSeenWhatLeft() throws InterruptedException {
        recent.begin(0, EntryId.FIRST);
        add(RecentResults.KEPT, 1);
        assertThat(next(0).results()).hasSize(RecentResults.KEPT);
        recent.add(List.of(result(RecentResults.KEPT + 1, 1)));
        assertThat(recent.covers(START)).isFalse();
        assertThat(next(0).results()).isEmpty();
        assertThat(recent.covers(START.after(0, new EntryId(1, 0)))).isTrue();
    }

    @Test
    void largeResultsAreKeptWithinABoundOfBytes() throws InterruptedException {
        recent.begin(0, EntryId.FIRST);
        add(9, 1 << 20);
        ResultCursor seen = START.after(0, new EntryId(5, 0));
        assertThat(recent.next(seen, 0, 100, Duration.ZERO).results()).hasSize(4);
    }
}
