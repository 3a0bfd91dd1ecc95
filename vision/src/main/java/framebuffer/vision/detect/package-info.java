/** Sample detectors: what can be found in a picture without a model to download. */
@NullMarked
package framebuffer.vision.detect;

import org.jspecify.annotations.NullMarked;
