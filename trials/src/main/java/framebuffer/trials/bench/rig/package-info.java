/** What measurements stand on: a Redis of their own, frames, a service in a process of its own. */
@NullMarked
package framebuffer.trials.bench.rig;

import org.jspecify.annotations.NullMarked;
