/** Health, circuit and eligibility of processors: pure decisions on the state in Redis. */
@NullMarked
package framebuffer.orchestrator.processors.health;

import org.jspecify.annotations.NullMarked;
