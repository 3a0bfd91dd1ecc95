package framebuffer.orchestrator.observability.alerts;

import static org.assertj.core.api.Assertions.assertThat;

import framebuffer.orchestrator.observability.alerts.AlertThresholds;
import framebuffer.testkit.Await;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class AlertMonitorTest {
    private final AtomicReference<ServiceObservation> now = new AtomicReference<>(Observations.lost(0, 0));
    private final AtomicInteger looks = new AtomicInteger();
    private final AtomicBoolean silenced = new AtomicBoolean();
    private final BlockingQueue<List<String>> told = new LinkedBlockingQueue<>();

    private ServiceObservation look() {
        if (looks.incrementAndGet() == 2) {
            throw new IllegalStateException("once");
        }
        return now.get();
    }

    private AlertMonitor watch() {
        return new AlertMonitor(AlertThresholds.DEFAULT, this::look, _ -> silenced.get(),
                firing -> told.add(firing.stream().map(Alert::title).toList()));
    }

    @Test
    void whatBeginsAndEndsIsToldOnceAndALookThatFailsEndsNothing() {
        try (AlertMonitor watch = watch()) {
            watch.start();
            Await.until("it has checked, and failed", () -> looks.get() >= 2);
            now.set(Observations.lost(1, 3));
            Await.until("it fires", () -> watch.summary().isPresent());
            assertThat(watch.summary()).hasValue("FramesLost");
            now.set(Observations.lost(400, 3));
            Await.until("it is over", () -> watch.firing().isEmpty());
        }
        assertThat(told).containsExactly(List.of("FramesLost"), List.of());
    }

    @Test
    void anAlertIsNotToldWhileItIsSilencedAndToldAfterwards() throws InterruptedException {
        silenced.set(true);
        try (AlertMonitor watch = watch()) {
            watch.start();
            Await.until("it has checked", () -> looks.get() >= 3);
            now.set(Observations.lost(1, 3));
            Await.until("it fires", () -> watch.summary().isPresent());
            assertThat(told).isEmpty();
            silenced.set(false);
            assertThat(told.take()).containsExactly("FramesLost");
            silenced.set(true);
            assertThat(told.take()).isEmpty();
        }
    }
}
