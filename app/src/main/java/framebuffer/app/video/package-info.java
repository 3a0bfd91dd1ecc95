/** Cameras and detectors as commands of their own. */
@NullMarked
package framebuffer.app.video;

import org.jspecify.annotations.NullMarked;
