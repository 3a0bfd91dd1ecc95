/** Who may do what: tokens and their roles, host names, requests of foreign web pages, and the log of changes and refusals. */
@NullMarked
package framebuffer.orchestrator.api.access;

import org.jspecify.annotations.NullMarked;
