/** The work queue in a processor: reading, frames in flight, answers. */
@NullMarked
package framebuffer.client.queue;

import org.jspecify.annotations.NullMarked;
