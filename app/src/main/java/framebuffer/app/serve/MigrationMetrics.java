package framebuffer.app.serve;

import framebuffer.migration.Migration;
import framebuffer.migration.steps.MigrationStatus.GateCounts;
import framebuffer.migration.steps.MigrationStatus.Stage;
import io.prometheus.metrics.core.metrics.CounterWithCallback;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.model.registry.PrometheusRegistry;

/** The metrics of a migration (docs/metrics.md). */
final class MigrationMetrics {
    private MigrationMetrics() {
    }

    static void register(PrometheusRegistry registry, Migration migration) {
        CounterWithCallback.builder().name("frame_buffer_shadow_frames")
                .help("frames for which the shadow on this instance has decided so").labelNames("outcome")
                .callback(said -> migration.shadow().counts().forEach((outcome, frames) -> said.call(frames, outcome)))
                .register(registry);
        GaugeWithCallback.builder().name("frame_buffer_shadow_active")
                .help("1 if this instance is the one that records what the service would do")
                .callback(said -> said.call(migration.shadow().isOn() ? 1 : 0)).register(registry);
        GaugeWithCallback.builder().name("frame_buffer_migration_stage")
                .help("1 for the stage of the migration, 0 for the others").labelNames("stage")
                .callback(said -> migration.state().ifPresent(state -> {
                    for (Stage stage : Stage.values()) {
                        said.call(stage == state.stage() ? 1 : 0, stage.word());
                    }
                })).register(registry);
        GaugeWithCallback.builder().name("frame_buffer_migration_share")
                .help("part of the traffic that this service takes, 0 to 1")
                .callback(said -> migration.state()
                        .ifPresent(state -> said.call(
                                state.switches().gate() ? state.switches().percent() / 100.0 : 0)))
                .register(registry);
        CounterWithCallback.builder().name("frame_buffer_migration_frames")
                .help("frames that passed the gate since it was opened, of all instances").labelNames("outcome")
                .callback(said -> migration.state().ifPresent(state -> {
                    GateCounts counts = state.counts();
                    said.call((double) counts.ours(), "ours");
                    said.call((double) counts.legacy(), "legacy");
                    said.call((double) counts.tooLarge(), "too_large");
                    said.call((double) counts.dropped(), "dropped");
                })).register(registry);
    }
}
