/** The description of the REST API: one document, given out as it was written, as JSON, and as a page for people. */
@NullMarked
package framebuffer.orchestrator.api.docs;

import org.jspecify.annotations.NullMarked;
