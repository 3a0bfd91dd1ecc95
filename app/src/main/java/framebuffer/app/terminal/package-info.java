/** What all commands share: options, logging, exit on a signal, progress on a terminal. */
@NullMarked
package framebuffer.app.terminal;

import org.jspecify.annotations.NullMarked;
