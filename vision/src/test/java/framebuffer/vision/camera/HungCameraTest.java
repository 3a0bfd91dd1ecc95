package framebuffer.vision.camera;

import static org.assertj.core.api.Assertions.assertThat;

import framebuffer.vision.camera.CameraState.Phase;
import framebuffer.vision.decode.PictureDecoder;
import framebuffer.vision.source.VideoAddress;
import framebuffer.wire.EntryId;
import framebuffer.wire.TraceContext;
import framebuffer.wire.text.Fields;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A camera whose decoder hangs or that fails unexpectedly does not end, and takes no other with it. */
@Timeout(60)
class HungCameraTest {
    private final BlockingQueue<Thread> published = new LinkedBlockingQueue<>();
    private final CountDownLatch released = new CountDownLatch(1);
    private final AtomicInteger toHang = new AtomicInteger();
    private final AtomicInteger toFail = new AtomicInteger();
    private RtspCamera rtsp;

    @BeforeEach
    void serve() throws Exception {
        rtsp = new RtspCamera();
    }

    @AfterEach
    void stop() throws Exception {
        released.countDown();
        rtsp.close();
    }

    @Test
    void anotherThreadPlaysTheVideoWhenOneHangsInItsDecoder() throws Exception {
        try (Camera camera = camera(rtsp.address("s3cret"), "yard").start()) {
            Thread first = next();
            toHang.set(1);
            await(() -> camera.state().phase() == Phase.WAITING);
            assertThat(camera.state().reason()).contains("decoder", "hangs").doesNotContain("s3cret");
            published.clear();
            assertThat(next()).isNotSameAs(first);
            assertThat(camera.state().phase()).isEqualTo(Phase.PLAYING);
            released.countDown();
            assertThat(first.join(Duration.ofSeconds(10))).as("the first thread has ended").isTrue();
            published.clear();
            assertThat(next()).isNotSameAs(first);
            assertThat(camera.finished()).isNotDone();
        }
    }

    @Test
    void atMostThreeThreadsOfACameraHangAndItGoesOnWhenTheyReturn() throws Exception {
        try (Camera camera = camera(rtsp.address("s3cret"), "hall").start()) {
            next();
            toHang.set(9);
            await(() -> {
                camera.replaceHungPlayer();
                return toHang.get() == 6;
            });
            await(() -> {
                camera.replaceHungPlayer();
                return camera.state().phase() == Phase.WAITING;
            });
            for (int look = 0; look < 100; look++) {
                camera.replaceHungPlayer();
            }
            assertThat(toHang.get()).isEqualTo(6);
            toHang.set(0);
            released.countDown();
            published.clear();
            next();
        }
    }

    @Test
    void aCameraWhoseDecoderHangsCanBeClosed() throws Exception {
        Camera camera = camera(rtsp.address("s3cret"), "gate").start();
        next();
        toHang.set(1);
        await(() -> toHang.get() == 0);
        camera.close();
        assertThat(camera.finished()).isCompleted();
        assertThat(camera.state().reason()).isEqualTo("closed");
    }

    @Test
    void anUnexpectedErrorIsAnOutageOfLiveVideo() throws Exception {
        toFail.set(1);
        try (Camera camera = camera(rtsp.address("s3cret"), "yard").start()) {
            await(() -> camera.state().phase() == Phase.WAITING);
            assertThat(camera.state().reason()).isEqualTo("an unexpected error: StackOverflowError");
            next();
            assertThat(camera.finished()).isNotDone();
        }
    }

    @Test
    void anUnexpectedErrorEndsARecording() {
        toFail.set(1);
        try (Camera camera = camera(new VideoAddress.File(DemoClip.path()), "yard").start()) {
            assertThat(camera.finished()).failsWithin(Duration.ofSeconds(10)).withThrowableThat()
                    .withMessageContaining("an unexpected error: StackOverflowError");
            assertThat(camera.state().phase()).isEqualTo(Phase.ENDED);
        }
    }

    private Camera camera(VideoAddress address, String id) {
        CameraSettings settings = new CameraSettings(id, address, Pictures.DEFAULT.withTimeout(Duration.ofSeconds(2)),
                false, new Announcement(0, List.of(), (_, _) -> TraceContext.random()));
        return Camera.waiting(settings, this::publish, InstantSource.system(), this::nanos);
    }

    private EntryId publish(String frameId, Fields fields, byte[] jpeg) {
        if (toFail.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
            throw new StackOverflowError(frameId);
        }
        published.add(Thread.currentThread());
        return EntryId.FIRST;
    }

    /** The clock, which a decoder asks for each picture of live video. */
    private long nanos() {
        boolean decoding = StackWalker.getInstance()
                .walk(frames -> frames.anyMatch(frame -> frame.getClassName().equals(PictureDecoder.class.getName())));
        if (decoding && toHang.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
            hang();
        }
        return System.nanoTime();
    }

    /** Like native code, which cannot be interrupted. */
    private void hang() {
        boolean hanging = true;
        while (hanging) {
            try {
                released.await();
                hanging = false;
            } catch (InterruptedException e) {
                assertThat(e).isNotNull();
            }
        }
    }

    private static void await(BooleanSupplier condition) {
        while (!condition.getAsBoolean()) {
            Thread.onSpinWait();
        }
    }

    private Thread next() throws InterruptedException {
        @Nullable
        Thread publisher = published.poll(15, TimeUnit.SECONDS);
        if (publisher == null) {
            throw new AssertionError("no frame within 15 s");
        }
        return publisher;
    }
}
