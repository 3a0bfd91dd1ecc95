/** Divides the captured frames between this service and the older one. */
@NullMarked
package framebuffer.migration.gate;

import org.jspecify.annotations.NullMarked;
