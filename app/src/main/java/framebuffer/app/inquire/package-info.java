/** Commands that ask and show: how a command is configured, who is there, where a frame would go. */
@NullMarked
package framebuffer.app.inquire;

import org.jspecify.annotations.NullMarked;
