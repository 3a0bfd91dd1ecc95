package framebuffer.vision.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class PictureDeadlineTest {
    private final AtomicLong now = new AtomicLong();
    private final PictureDeadline deadline = new PictureDeadline(Duration.ofNanos(10), now::get);

    @Test
    void openingAndReadingShareOneTime() {
        waitFor(6);
        assertThat(deadline.over()).isFalse();
        deadline.pause();
        waitFor(5);
        assertThat(deadline.over()).isTrue();
    }

    @Test
    void whatPassesBetweenPicturesIsNotWaitedFor() {
        waitFor(6);
        deadline.pause();
        now.addAndGet(100);
        assertThat(deadline.over()).isFalse();
        waitFor(4);
        assertThat(deadline.over()).isFalse();
    }

    @Test
    void eachPictureSetsItAnew() {
        waitFor(9);
        deadline.picture();
        now.addAndGet(9);
        assertThat(deadline.over()).isFalse();
        now.addAndGet(2);
        assertThat(deadline.over()).isTrue();
    }

    @Test
    void onceStoppedItStaysOver() {
        deadline.stop();
        assertThat(deadline.restart().over()).isTrue();
    }

    @Test
    void aThreadThatIsLateEightTimesInARowIsAbandonedAndMustEndWhenItReturns() {
        waitFor(11);
        for (int look = 1; look < 8; look++) {
            assertThat(deadline.abandonIfHung()).isFalse();
        }
        assertThat(deadline.abandonIfHung()).isTrue();
        assertThatThrownBy(deadline::pause).isInstanceOf(CameraUnavailable.class);
    }

    @Test
    void aThreadThatReturnsAfterItWasSuspendedIsNotAbandoned() {
        waitFor(1000);
        for (int look = 1; look < 8; look++) {
            assertThat(deadline.abandonIfHung()).isFalse();
        }
        deadline.picture();
        for (int look = 1; look < 9; look++) {
            assertThat(deadline.abandonIfHung()).isFalse();
        }
        deadline.pause();
        assertThat(deadline.abandoned()).isFalse();
    }

    @Test
    void aThreadThatDoesNotReturnWhenItIsStoppedIsAbandoned() {
        waitFor(1);
        deadline.stop();
        for (int look = 1; look < 8; look++) {
            assertThat(deadline.abandonIfHung()).isFalse();
        }
        assertThat(deadline.abandonIfHung()).isTrue();
    }

    @Test
    void itSaysWhatDidNotCome() {
        assertThat(new PictureDeadline(Duration.ofSeconds(10), now::get)).hasToString("no picture for 10 s");
    }

    private void waitFor(long nanos) {
        deadline.begin();
        now.addAndGet(nanos);
    }
}
