/** Alerts: the conditions of the Prometheus rules, evaluated within the service. */
@NullMarked
package framebuffer.orchestrator.observability.alerts;

import org.jspecify.annotations.NullMarked;
