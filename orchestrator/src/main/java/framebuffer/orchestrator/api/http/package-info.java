/** HTTP for the resources: routes, responses, problems, and the handler that turns requests into responses. */
@NullMarked
package framebuffer.orchestrator.api.http;

import org.jspecify.annotations.NullMarked;
