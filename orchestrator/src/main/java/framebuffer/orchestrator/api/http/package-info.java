/** HTTP under the resources: routes, replies, problems, and the one place where a request becomes an answer. */
@NullMarked
package framebuffer.orchestrator.api.http;

import org.jspecify.annotations.NullMarked;
