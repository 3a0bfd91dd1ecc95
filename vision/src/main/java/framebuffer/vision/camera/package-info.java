/** Cameras: video from files, addresses and devices, played or watched, and published picture by picture. */
@NullMarked
package framebuffer.vision.camera;

import org.jspecify.annotations.NullMarked;
