/** Recovery: frames of departed processors, overdue frames, acknowledged entries, the capture stream. */
@NullMarked
package framebuffer.orchestrator.pipeline.recovery;

import org.jspecify.annotations.NullMarked;
