/** The registry of processors: they register, send heartbeats and leave; Redis keeps it, so every instance sees the same. */
@NullMarked
package framebuffer.orchestrator.processors.registry;

import org.jspecify.annotations.NullMarked;
