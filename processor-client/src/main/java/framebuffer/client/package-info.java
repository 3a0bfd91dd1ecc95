/** What a processor author embeds: a handler for frames, and a processor that runs it. */
@NullMarked
package framebuffer.client;

import org.jspecify.annotations.NullMarked;
