/** A load at a given rate for a service that runs, what became of it, and how long it took. */
@NullMarked
package framebuffer.trials.load;

import org.jspecify.annotations.NullMarked;
