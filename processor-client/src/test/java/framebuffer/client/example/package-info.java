/** A processor as its author writes it. */
@NullMarked
package framebuffer.client.example;

import org.jspecify.annotations.NullMarked;
