/** Detects objects with a model of the user, by ONNX Runtime. */
@NullMarked
package framebuffer.vision.onnx;

import org.jspecify.annotations.NullMarked;
