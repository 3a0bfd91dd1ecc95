package framebuffer.app.serve;

import framebuffer.bridge.ResultBridge;
import framebuffer.bridge.results.DeliveryCounts;
import io.prometheus.metrics.core.metrics.CounterWithCallback;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.util.function.ToDoubleFunction;

/** The metrics of results for others, by receiver (docs/metrics.md). */
final class BridgeMetrics {
    private BridgeMetrics() {
    }

    static void register(PrometheusRegistry registry, ResultBridge bridge) {
        counter(registry, bridge, "results_settled", "results that a receiver has accepted or refused or does not want",
                DeliveryCounts::settled);
        counter(registry, bridge, "results_refused", "results that a receiver will never accept",
                DeliveryCounts::refused);
        counter(registry, bridge, "results_delivery_failures", "attempts of a delivery that failed",
                DeliveryCounts::failed);
        counter(registry, bridge, "results_skipped", "results that were too old or too many after an outage",
                DeliveryCounts::skipped);
        counter(registry, bridge, "results_missed", "results that were trimmed before they could be sent",
                DeliveryCounts::missed);
        counter(registry, bridge, "results_malformed", "entries of the result stream that are no results",
                DeliveryCounts::malformed);
        GaugeWithCallback.builder().name("frame_buffer_results_lag_seconds")
                .help("how long the oldest result that waits for a receiver has waited").labelNames("receiver")
                .callback(said -> bridge.counts()
                        .forEach((receiver, counts) -> said.call(counts.lag().toMillis() / 1e3, receiver)))
                .register(registry);
        GaugeWithCallback.builder().name("frame_buffer_results_publisher")
                .help("1 if this instance is the one that sends results to others")
                .callback(said -> said.call(bridge.publishes() ? 1 : 0)).register(registry);
    }

    private static void counter(PrometheusRegistry registry, ResultBridge bridge, String name, String help,
            ToDoubleFunction<DeliveryCounts> figure) {
        CounterWithCallback.builder().name("frame_buffer_" + name).help(help).labelNames("receiver")
                .callback(said -> bridge.counts()
                        .forEach((receiver, counts) -> said.call(figure.applyAsDouble(counts), receiver)))
                .register(registry);
    }
}
