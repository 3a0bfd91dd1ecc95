/** Results of processors over REST. */
@NullMarked
package framebuffer.orchestrator.api.results;

import org.jspecify.annotations.NullMarked;
