/** Sample detectors that need no downloaded model. */
@NullMarked
package framebuffer.vision.detect;

import org.jspecify.annotations.NullMarked;
