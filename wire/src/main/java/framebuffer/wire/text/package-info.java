/** Forms of values: fields of a stream entry, JSON, timestamps and natural order. */
@NullMarked
package framebuffer.wire.text;

import org.jspecify.annotations.NullMarked;
