/** The end of a migration: the older service is stopped, and what it left is removed. */
@NullMarked
package framebuffer.migration.decommission;

import org.jspecify.annotations.NullMarked;
