/** The rules of the house, checked over the sources and classes of every module. */
@NullMarked
package framebuffer.architecture;

import org.jspecify.annotations.NullMarked;
