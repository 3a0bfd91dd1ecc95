/** Measurements that any user can repeat. */
@NullMarked
package framebuffer.app.bench;

import org.jspecify.annotations.NullMarked;
