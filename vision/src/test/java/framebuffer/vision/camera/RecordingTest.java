package framebuffer.vision.camera;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import framebuffer.vision.decode.DecodeCounts;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The due times of a recording's pictures, with any timestamps. */
class RecordingTest {
    @TempDir
    Path folder;

    @Test
    void timesMayBeginAnywhere() throws IOException {
        assertPlays("offset3600.ts", 15, 3);
    }

    @Test
    void aGapOfTwoHoursIsNotWaitedFor() throws IOException {
        assertPlays("gap_2h.ts", 30, 6);
    }

    @Test
    void timesThatBeginAnewGoOn() throws IOException {
        assertPlays("concat_back.ts", 30, 6);
    }

    @Test
    void withoutTimesTheFrameRateSaysWhen() throws IOException {
        assertPlays("raw.h264", 15, 3);
    }

    @Test
    void aDamagedTimeIsNotWaitedForAndDamagedPicturesAreCounted() throws IOException {
        try (VideoSource video = open("corrupt.ts")) {
            List<Shot> shots = Video.shots(video);
            assertThat(shots).hasSize(15);
            assertThat(shots.getLast().atMicros()).isEqualTo(2_800_000);
            assertThat(video.counts()).isEqualTo(new DecodeCounts(30, 2, 28));
        }
    }

    @Test
    void picturesThatTheDecoderSkipsAreCountedAtTheEnd() throws IOException {
        byte[] clip = Video.bytes("gap_2h.ts");
        byte[] rest = Arrays.copyOfRange(clip, 188 * 400, clip.length);
        try (VideoSource video = Video.open(Video.file(folder, "rest.ts", rest), 5)) {
            assertThat(Video.shots(video)).hasSizeLessThan(30);
            DecodeCounts counts = video.counts();
            assertThat(counts.undecodable()).isPositive().isEqualTo(counts.coded() - counts.whole());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"offset3600.ts", "gap_2h.ts", "concat_back.ts", "raw.h264"})
    void eachRoundOfALoopIsLikeTheFirst(String name) throws IOException {
        try (VideoSource video = open(name)) {
            List<Long> first = times(video);
            video.rewind();
            assertThat(times(video)).isEqualTo(first);
        }
    }

    @Test
    void aRecordingShorterThanFromOnePictureToTheNextGivesNoMoreThanAreWanted() throws IOException {
        try (VideoSource video = Video.open(Video.file(folder, "short.ts", Video.bytes("offset3600.ts")), 0.2)) {
            int pictures = 0;
            for (int round = 0; round < 9; round++) {
                pictures += Video.shots(video).size();
                video.rewind();
            }
            assertThat(pictures).isEqualTo(6);
        }
    }

    private void assertPlays(String name, int pictures, int seconds) throws IOException {
        try (VideoSource video = open(name)) {
            List<Long> times = times(video);
            assertThat(times).hasSize(pictures).startsWith(0L, 200_000L, 400_000L);
            assertThat(video.lengthMicros()).isCloseTo(seconds * 1_000_000L, within(1_000L));
            assertThat(video.counts().undecodable()).isZero();
        }
    }

    private VideoSource open(String name) throws IOException {
        return Video.open(Video.file(folder, name, Video.bytes(name)), 5);
    }

    private static List<Long> times(VideoSource video) {
        return Video.shots(video).stream().map(Shot::atMicros).toList();
    }
}
