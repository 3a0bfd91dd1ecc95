package framebuffer.vision.camera;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ShareTest {
    private final Share share = new Share();

    private List<Boolean> taken(double of, int pictures) {
        return IntStream.range(0, pictures).mapToObj(_ -> share.takes(of)).toList();
    }

    private long count(double of, int pictures) {
        return taken(of, pictures).stream().filter(taken -> taken).count();
    }

    @Test
    void allNoneOrEverySecondOne() {
        assertThat(count(1, 100)).isEqualTo(100);
        assertThat(count(0, 100)).isZero();
        assertThat(taken(0.5, 6)).containsExactly(false, true, false, true, false, true);
        assertThat(count(0.8, 100)).isBetween(79L, 80L);
    }

    @Test
    void whatWasHeldBackIsNotMadeUpFor() {
        count(0.5, 99);
        count(0, 1_000);
        assertThat(count(1, 10)).isEqualTo(10);
    }
}
