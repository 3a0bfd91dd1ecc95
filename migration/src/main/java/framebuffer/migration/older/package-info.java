/** A small program that plays the older, polling service, for trials. */
@NullMarked
package framebuffer.migration.older;

import org.jspecify.annotations.NullMarked;
