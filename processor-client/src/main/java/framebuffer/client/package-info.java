/** The client library for processors: a frame handler, and a processor that registers, runs the handler and sends heartbeats. */
@NullMarked
package framebuffer.client;

import org.jspecify.annotations.NullMarked;
