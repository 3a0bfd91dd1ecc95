/** The command that runs the service, with a Redis of its own if it was given none. */
@NullMarked
package framebuffer.app.serve;

import org.jspecify.annotations.NullMarked;
