/** Judges processors: health, circuit and eligibility, as pure decisions on what Redis knows of each. */
@NullMarked
package framebuffer.orchestrator.processors.health;

import org.jspecify.annotations.NullMarked;
