/** The help of the command line: a short page for each command, a page with every option, and the list of commands. */
@NullMarked
package framebuffer.app.help;

import org.jspecify.annotations.NullMarked;
