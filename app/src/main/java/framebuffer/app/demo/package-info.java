/** Everything in one process, on a real clip: cameras, the service, detectors, and what came of it. */
@NullMarked
package framebuffer.app.demo;

import org.jspecify.annotations.NullMarked;
