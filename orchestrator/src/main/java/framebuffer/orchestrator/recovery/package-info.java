/** Frames come back or are done: departed processors' queues are emptied, acknowledged entries removed. */
@NullMarked
package framebuffer.orchestrator.recovery;

import org.jspecify.annotations.NullMarked;
