/** Records what this service would do with each frame while the older one handles all of them, and reports on it. */
@NullMarked
package framebuffer.migration.shadow;

import org.jspecify.annotations.NullMarked;
