/** The commands of a migration from an older service (docs/migration.md). */
@NullMarked
package framebuffer.app.migrate;

import org.jspecify.annotations.NullMarked;
