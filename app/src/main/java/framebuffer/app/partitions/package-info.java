/** How many partitions there are, and how that is changed. */
@NullMarked
package framebuffer.app.partitions;

import org.jspecify.annotations.NullMarked;
