/** Rules that decide of which results somebody is told. */
@NullMarked
package framebuffer.bridge.notifications;

import org.jspecify.annotations.NullMarked;
