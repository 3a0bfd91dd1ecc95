/** Alerts: the conditions of the Prometheus rules, evaluated inside for those who run no Prometheus. */
@NullMarked
package framebuffer.orchestrator.observability.alerts;

import org.jspecify.annotations.NullMarked;
