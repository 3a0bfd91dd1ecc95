/** The page that shows everything, for people. */
@NullMarked
package framebuffer.orchestrator.api.page;

import org.jspecify.annotations.NullMarked;
