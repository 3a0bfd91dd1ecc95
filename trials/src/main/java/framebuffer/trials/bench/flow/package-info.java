/** Whole ways of frames, from capture to result, with everything in processes as it runs. */
@NullMarked
package framebuffer.trials.bench.flow;

import org.jspecify.annotations.NullMarked;
