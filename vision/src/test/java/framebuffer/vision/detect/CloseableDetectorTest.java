package framebuffer.vision.detect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class CloseableDetectorTest {
    private static final Detections NOTHING = new Detections(List.of(), 1, 1);

    private final CountDownLatch begun = new CountDownLatch(1);
    private final CountDownLatch mayEnd = new CountDownLatch(1);
    private final AtomicInteger inProgress = new AtomicInteger();
    private final AtomicInteger closed = new AtomicInteger();
    private final AtomicInteger inProgressAtClose = new AtomicInteger(-1);
    private final Detector detector = new CloseableDetector(new SlowDetector());

    private final class SlowDetector implements Detector {
        @Override
        public String capability() {
            return "slow_detection";
        }

        @Override
        public Detections detect(byte[] picture, String cameraId) {
            inProgress.incrementAndGet();
            begun.countDown();
            try {
                mayEnd.await();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
            inProgress.decrementAndGet();
            return NOTHING;
        }

        @Override
        public void close() {
            inProgressAtClose.set(inProgress.get());
            closed.incrementAndGet();
        }
    }

    @Test
    void aPictureInProgressIsFinishedBeforeTheDetectorIsClosed() throws InterruptedException {
        CompletableFuture<Detections> picture = CompletableFuture
                .supplyAsync(() -> detector.detect(new byte[0], "c"), Thread.ofPlatform().daemon()::start);
        begun.await();
        Thread closing = Thread.ofPlatform().daemon().start(detector::close);
        while (closing.getState() != Thread.State.WAITING) {
            Thread.onSpinWait();
        }
        assertThat(closed).hasValue(0);
        mayEnd.countDown();
        assertThat(picture.join()).isEqualTo(NOTHING);
        closing.join();
        assertThat(inProgressAtClose).hasValue(0);
    }

    @Test
    void aClosedDetectorAnalysesNothingAndIsClosedOnce() {
        detector.close();
        detector.close();
        assertThat(closed).hasValue(1);
        assertThatThrownBy(() -> detector.detect(new byte[0], "c")).isInstanceOf(IllegalStateException.class);
    }
}
