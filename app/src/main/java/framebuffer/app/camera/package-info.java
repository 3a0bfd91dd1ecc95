/** One camera: its options, its source, and the command that runs it in a process of its own. */
@NullMarked
package framebuffer.app.camera;

import org.jspecify.annotations.NullMarked;
