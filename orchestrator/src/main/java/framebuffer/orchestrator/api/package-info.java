/** The REST API (openapi.yaml): one class for each resource. */
@NullMarked
package framebuffer.orchestrator.api;

import org.jspecify.annotations.NullMarked;
