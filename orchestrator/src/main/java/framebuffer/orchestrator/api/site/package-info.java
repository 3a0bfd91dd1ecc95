/** Pages for people: overview, runbooks, description of the API. */
@NullMarked
package framebuffer.orchestrator.api.site;

import org.jspecify.annotations.NullMarked;
