/** What people see while a command runs. */
@NullMarked
package framebuffer.app.terminal;

import org.jspecify.annotations.NullMarked;
