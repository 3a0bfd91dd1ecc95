/** Flow control: pressure on processors, backpressure for producers, operator switches, camera policies. */
@NullMarked
package framebuffer.orchestrator.flowcontrol;

import org.jspecify.annotations.NullMarked;
