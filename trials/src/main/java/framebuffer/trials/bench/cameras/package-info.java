/** Measures many cameras in one process. */
@NullMarked
package framebuffer.trials.bench.cameras;

import org.jspecify.annotations.NullMarked;
