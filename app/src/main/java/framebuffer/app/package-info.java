/** The {@code frame-buffer} command: its subcommands, its options, and the wiring of the service, read top to bottom. */
@NullMarked
package framebuffer.app;

import org.jspecify.annotations.NullMarked;
