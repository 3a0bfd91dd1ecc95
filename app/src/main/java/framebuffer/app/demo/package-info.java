/** Cameras, and a demo of everything in one process. */
@NullMarked
package framebuffer.app.demo;

import org.jspecify.annotations.NullMarked;
