package framebuffer.orchestrator.observability.search;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import framebuffer.orchestrator.observability.journey.Journey.FrameState;
import framebuffer.orchestrator.observability.search.FrameSearch.FoundFrames;
import framebuffer.orchestrator.observability.search.JournalScan.ScanResult;
import framebuffer.orchestrator.observability.search.JournalScan.ScannedFrame;
import framebuffer.wire.EntryId;
import java.time.Instant;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** How the frames of several partitions become one list. */
class FrameSearchTest {
    private static final List<SearchPosition> START = List.of(SearchPosition.NEWEST, SearchPosition.NEWEST);

    private static ScanResult read(SearchPosition end, long... seconds) {
        return new ScanResult(LongStream.of(seconds)
                .mapToObj(second -> new ScannedFrame(new FoundFrame("f" + second, "yard", EntryId.FIRST, "face",
                        FrameState.DONE, null, null, "face-1", 1, Instant.ofEpochSecond(second)), at(second)))
                .toList(), end);
    }

    private static SearchPosition at(long second) {
        return new SearchPosition(new EntryId(second * 1_000, 0), 7);
    }

    private static List<String> names(FoundFrames found) {
        return found.frames().stream().map(FoundFrame::frameId).toList();
    }

    @Test
    void theNewestFrameOfAllPartitionsComesFirst() {
        FoundFrames found = FrameSearch.merged(List.of(read(SearchPosition.END, 9, 5), read(SearchPosition.END, 8, 6)),
                START, 10);
        assertThat(names(found)).containsExactly("f9", "f8", "f6", "f5");
        assertThat(found.next()).isNull();
    }

    @Test
    void theNextPageBeginsBehindTheLastFrameOfEachPartition() {
        FoundFrames found = FrameSearch.merged(List.of(read(SearchPosition.END, 9, 5), read(SearchPosition.END, 8, 6)),
                START, 3);
        assertThat(names(found)).containsExactly("f9", "f8", "f6");
        assertThat(SearchPosition.decode(String.valueOf(found.next()), 2)).containsExactly(at(9), SearchPosition.END);
    }

    @Test
    void aPartitionThatHasReadToSomeMomentOnlyHoldsBackOlderFramesOfTheOthers() {
        FoundFrames found = FrameSearch.merged(List.of(read(SearchPosition.END, 9, 5), read(at(7))), START, 10);
        assertThat(names(found)).containsExactly("f9");
        assertThat(SearchPosition.decode(String.valueOf(found.next()), 2)).containsExactly(at(9), at(7));
    }

    @Test
    void aCursorOfAnotherSearchIsRefused() {
        assertThatThrownBy(() -> SearchPosition.decode("1-1.5", 2)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> SearchPosition.decode("yesterday", 1)).isInstanceOf(IllegalArgumentException.class);
        assertThat(SearchPosition.decode("", 2)).isEqualTo(START);
    }
}
