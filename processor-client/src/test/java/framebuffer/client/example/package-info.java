/** An example processor. */
@NullMarked
package framebuffer.client.example;

import org.jspecify.annotations.NullMarked;
