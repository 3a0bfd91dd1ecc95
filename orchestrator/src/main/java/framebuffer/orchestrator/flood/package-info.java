/** When most frames of a capability fail, it is not the frames that are at fault: then none is given up on. */
@NullMarked
package framebuffer.orchestrator.flood;

import org.jspecify.annotations.NullMarked;
