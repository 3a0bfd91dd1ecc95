/** Cameras and their sinks: video, played or watched, is published picture by picture. */
@NullMarked
package framebuffer.vision.camera;

import org.jspecify.annotations.NullMarked;
