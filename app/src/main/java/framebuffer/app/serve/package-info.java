/** The command that runs the service, with an embedded Redis unless the user names another. */
@NullMarked
package framebuffer.app.serve;

import org.jspecify.annotations.NullMarked;
