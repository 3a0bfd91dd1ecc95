/** The steps of a migration: what was done, how far it is, what proves that nothing was lost. */
@NullMarked
package framebuffer.migration.steps;

import org.jspecify.annotations.NullMarked;
