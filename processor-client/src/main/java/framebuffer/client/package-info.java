/** What a processor author embeds: a handler for frames, and a processor that registers, runs it and sends heartbeats. */
@NullMarked
package framebuffer.client;

import org.jspecify.annotations.NullMarked;
