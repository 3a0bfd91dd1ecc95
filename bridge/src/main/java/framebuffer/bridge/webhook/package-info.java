/** Sends JSON to a URL, one POST after another. */
@NullMarked
package framebuffer.bridge.webhook;

import org.jspecify.annotations.NullMarked;
