/** A house: the service with the cameras and detectors that one file describes, in one process. */
@NullMarked
package framebuffer.app.house;

import org.jspecify.annotations.NullMarked;
