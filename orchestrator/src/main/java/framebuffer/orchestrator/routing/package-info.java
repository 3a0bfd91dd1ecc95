/** Frames are sent: which processor gets which frame, decided from what is known of room and load. */
@NullMarked
package framebuffer.orchestrator.routing;

import org.jspecify.annotations.NullMarked;
