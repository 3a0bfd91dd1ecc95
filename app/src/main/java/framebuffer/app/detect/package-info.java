/** Detectors as processors: their kinds, their options, and the command that runs one. */
@NullMarked
package framebuffer.app.detect;

import org.jspecify.annotations.NullMarked;
