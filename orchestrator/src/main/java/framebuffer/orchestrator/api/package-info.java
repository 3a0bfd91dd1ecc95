/** What is asked of us over HTTP (contract §5), by resource. */
@NullMarked
package framebuffer.orchestrator.api;

import org.jspecify.annotations.NullMarked;
