/** Cameras and their sinks: publish recorded or live video picture by picture. */
@NullMarked
package framebuffer.vision.camera;

import org.jspecify.annotations.NullMarked;
