/** What is done to a pipeline, when and to whom: worked out from a seed before anything happens. */
@NullMarked
package framebuffer.app.chaos.plan;

import org.jspecify.annotations.NullMarked;
