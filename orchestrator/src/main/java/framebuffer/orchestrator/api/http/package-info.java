/** HTTP as the resources see it: requests, responses, problems and routes, without the web server. */
@NullMarked
package framebuffer.orchestrator.api.http;

import org.jspecify.annotations.NullMarked;
