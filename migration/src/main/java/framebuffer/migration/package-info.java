/** Replaces an older, polling service step by step (docs/migration.md). Nothing but the command line depends on it. */
@NullMarked
package framebuffer.migration;

import org.jspecify.annotations.NullMarked;
