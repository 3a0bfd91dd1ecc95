/** A processor's side of its work queue: what it reads, what it holds, what it answers. */
@NullMarked
package framebuffer.client.queue;

import org.jspecify.annotations.NullMarked;
