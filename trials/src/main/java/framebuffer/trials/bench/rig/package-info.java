/** The environment of measurements: a temporary Redis, frames, a service in a separate process. */
@NullMarked
package framebuffer.trials.bench.rig;

import org.jspecify.annotations.NullMarked;
