/** One key, three spellings: a flag, an environment variable, a line in a file. */
@NullMarked
package framebuffer.app.keys;

import org.jspecify.annotations.NullMarked;
