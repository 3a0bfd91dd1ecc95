/** Who is there: processors come, say that they live, and leave; Redis remembers, every instance sees the same. */
@NullMarked
package framebuffer.orchestrator.registry;

import org.jspecify.annotations.NullMarked;
