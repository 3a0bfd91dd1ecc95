/** Several instances share the work: each says that it runs, and what a silent one holds goes to another. */
@NullMarked
package framebuffer.orchestrator.instances;

import org.jspecify.annotations.NullMarked;
