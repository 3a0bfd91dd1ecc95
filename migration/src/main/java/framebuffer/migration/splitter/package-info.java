/** Divides the requests of the older service's clients between the two services. */
@NullMarked
package framebuffer.migration.splitter;

import org.jspecify.annotations.NullMarked;
