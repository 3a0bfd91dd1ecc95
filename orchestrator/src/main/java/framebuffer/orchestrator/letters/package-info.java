/** Frames given up on, before and after: who waits for a processor in vain, how long letters are kept, what is done to them. */
@NullMarked
package framebuffer.orchestrator.letters;

import org.jspecify.annotations.NullMarked;
