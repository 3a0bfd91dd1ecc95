/** What is set from outside: options, the environment, logging, tracing. */
@NullMarked
package framebuffer.app.settings;

import org.jspecify.annotations.NullMarked;
