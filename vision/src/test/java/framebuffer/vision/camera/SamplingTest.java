package framebuffer.vision.camera;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class SamplingTest {

    @Test
    void everyFifthOfTenASecondMakesTwo() {
        assertThat(taken(2, 0, 100_000, 20)).containsExactly(0, 500_000, 1_000_000, 1_500_000);
    }

    @Test
    void threeOfTenASecondAreThreeOnAverage() {
        assertThat(taken(3, 0, 100_000, 100)).hasSize(30);
    }

    @Test
    void moreThanThereAreIsAllThereAre() {
        assertThat(taken(30, 0, 100_000, 10)).hasSize(10);
    }

    @Test
    void timesRoundedToMillisecondsCostNoPicture() {
        assertThat(LongStream.range(0, 30).map(i -> i * 100_000 / 3 / 1000 * 1000)
                .filter(new Sampling(30)::takes).count()).isEqualTo(30);
    }

    @Test
    void aPauseIsNotMadeUpFor() {
        Sampling sampling = new Sampling(1);
        assertThat(sampling.takes(0)).isTrue();
        assertThat(sampling.takes(10_000_000)).isTrue();
        assertThat(sampling.takes(10_500_000)).isFalse();
        assertThat(sampling.takes(11_000_000)).isTrue();
    }

    private static long[] taken(double fps, long from, long every, int count) {
        return LongStream.range(0, count).map(i -> from + i * every).filter(new Sampling(fps)::takes).toArray();
    }
}
