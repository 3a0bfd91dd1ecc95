package framebuffer.orchestrator.observability.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The series of departed processors and cameras are removed; otherwise they would fill every scrape. */
class SeriesTest {
    private final PrometheusRegistry registry = new PrometheusRegistry();
    private final Metrics metrics = new Metrics(registry, 10);

    private long series(String label, String value) {
        return registry.scrape().stream().flatMap(metric -> metric.getDataPoints().stream())
                .filter(point -> value.equals(point.getLabels().get(label))).count();
    }

    @Test
    void thoseOfDepartedProcessorsLeave() {
        for (int generation = 0; generation < 12; generation++) {
            String pod = "pod-" + generation;
            metrics.routed(pod, "yard", "success");
            metrics.routed(pod, "yard", "full");
            metrics.keepProcessors(Set.of(pod));
        }
        assertThat(series("camera_id", "yard")).isEqualTo(2);
        assertThat(series("processor_id", "pod-11")).isEqualTo(2);
    }

    @Test
    void thoseOfCamerasThatLeftMakeRoomForOthers() {
        for (int i = 0; i < 100; i++) {
            metrics.captured("cam-" + i, 1);
            metrics.shed("cam-" + i, "expired");
            metrics.routed("face-1", "cam-" + i, "success");
            metrics.forgetCameras(Set.of("cam-" + i));
        }
        metrics.captured("last", 1);
        assertThat(series("camera_id", "last")).isOne();
        assertThat(series("camera_id", "other")).isZero();
        assertThat(series("processor_id", "face-1")).isZero();
    }
}
