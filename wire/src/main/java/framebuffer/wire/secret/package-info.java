/** What must not be seen: values that print masked, so that no log line, error or answer can show them by accident. */
@NullMarked
package framebuffer.wire.secret;

import org.jspecify.annotations.NullMarked;
