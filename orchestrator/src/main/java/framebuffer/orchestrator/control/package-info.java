/** What an operator switches for all instances at once. */
@NullMarked
package framebuffer.orchestrator.control;

import org.jspecify.annotations.NullMarked;
