/** The pages for people: the overview, the runbooks and the description of the API. */
@NullMarked
package framebuffer.orchestrator.api.site;

import org.jspecify.annotations.NullMarked;
