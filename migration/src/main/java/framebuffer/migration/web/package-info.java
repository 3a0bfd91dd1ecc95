/** A small web server for what speaks the older service's HTTP; the only package here that knows the web server. */
@NullMarked
package framebuffer.migration.web;

import org.jspecify.annotations.NullMarked;
