/** The registry of processors in Redis, shared by all instances: registration, heartbeats, departure. */
@NullMarked
package framebuffer.orchestrator.processors.registry;

import org.jspecify.annotations.NullMarked;
