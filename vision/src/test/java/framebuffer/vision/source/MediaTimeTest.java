package framebuffer.vision.source;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.OptionalLong;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class MediaTimeTest {
    private static final long INTERVAL = 100_000;
    /** Stands for a picture without a time. */
    private static final long NONE = Long.MIN_VALUE;

    @Test
    void theFirstPictureIsDueAtOnceWhateverItsTime() {
        assertThat(due(3_600_000_000L, 3_600_200_000L)).containsExactly(0, 200_000);
        assertThat(due(-90_000_000_000L, -89_999_900_000L)).containsExactly(0, 100_000);
    }

    @Test
    void picturesAreDueAtTheirOwnTimesHoweverUneven() {
        assertThat(due(0, 33_000, 1_000_000, 6_000_000)).containsExactly(0, 33_000, 1_000_000, 6_000_000);
    }

    @Test
    void aLeapOfMoreThanFiveSecondsIsBridged() {
        assertThat(due(0, 100_000, 7_200_000_000L, 7_200_100_000L)).containsExactly(0, 100_000, 200_000, 300_000);
        assertThat(due(0, 5_000_001)).containsExactly(0, INTERVAL);
    }

    @Test
    void timesThatBeginAnewGoOnBehindThoseBefore() {
        assertThat(due(1_400_000, 1_500_000, 1_400_000, 1_500_000)).containsExactly(0, 100_000, 200_000, 300_000);
    }

    @Test
    void picturesOfOneTimeAreShownOneBehindTheOther() {
        assertThat(due(0, 0, 0)).containsExactly(0, 100_000, 200_000);
    }

    @Test
    void missingTimesAreTakenFromTheFrameRate() {
        assertThat(due(NONE, NONE, NONE)).containsExactly(0, 100_000, 200_000);
        assertThat(due(NONE, 50_000_000, 50_040_000)).containsExactly(0, 100_000, 140_000);
        assertThat(due(1_000_000, NONE, NONE, 1_250_000)).containsExactly(0, 100_000, 200_000, 250_000);
    }

    @Test
    void timesAtTheEdgesOfWhatANumberHoldsAreLeapsToo() {
        assertThat(due(-Long.MAX_VALUE, Long.MAX_VALUE, -Long.MAX_VALUE)).containsExactly(0, 100_000, 200_000);
    }

    @Test
    void theLengthIncludesTheLastPicture() {
        MediaTime time = new MediaTime(INTERVAL);
        assertThat(time.lengthMicros()).isZero();
        time.next(OptionalLong.of(7_000_000));
        time.next(OptionalLong.of(7_300_000));
        assertThat(time.lengthMicros()).isEqualTo(400_000);
    }

    private static long[] due(long... times) {
        MediaTime time = new MediaTime(INTERVAL);
        return LongStream.of(times)
                .map(at -> time.next(at == NONE ? OptionalLong.empty() : OptionalLong.of(at))).toArray();
    }
}
