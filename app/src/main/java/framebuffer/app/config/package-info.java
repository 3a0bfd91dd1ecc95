/** Configuration keys: one key, three spellings: a flag, an environment variable, a line in a file. */
@NullMarked
package framebuffer.app.config;

import org.jspecify.annotations.NullMarked;
