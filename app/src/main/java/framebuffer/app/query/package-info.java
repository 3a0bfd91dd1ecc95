/** Commands that show and correct: configuration, processors, frames, dead letters, the ledger, partitions, the overview. */
@NullMarked
package framebuffer.app.query;

import org.jspecify.annotations.NullMarked;
