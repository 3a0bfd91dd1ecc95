/** HTTP below the resources: routes, responses, problems, and the one place that turns a request into a response. */
@NullMarked
package framebuffer.orchestrator.api.http;

import org.jspecify.annotations.NullMarked;
