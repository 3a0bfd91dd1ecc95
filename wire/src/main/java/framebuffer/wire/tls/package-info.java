/** TLS by PEM files: certificates and keys, for clients and for the REST API. */
@NullMarked
package framebuffer.wire.tls;

import org.jspecify.annotations.NullMarked;
