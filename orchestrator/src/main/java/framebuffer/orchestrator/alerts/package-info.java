/** When an operator should look: the conditions of the Prometheus rules, evaluated inside, for who has no Prometheus. */
@NullMarked
package framebuffer.orchestrator.alerts;

import org.jspecify.annotations.NullMarked;
