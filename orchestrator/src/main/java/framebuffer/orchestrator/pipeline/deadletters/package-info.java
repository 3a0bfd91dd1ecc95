/** Dead letters: which frames become one, how long each is kept, and what an operator does with them. */
@NullMarked
package framebuffer.orchestrator.pipeline.deadletters;

import org.jspecify.annotations.NullMarked;
