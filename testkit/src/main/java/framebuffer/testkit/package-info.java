/** Test fixtures that several modules share. */
@NullMarked
package framebuffer.testkit;

import org.jspecify.annotations.NullMarked;
