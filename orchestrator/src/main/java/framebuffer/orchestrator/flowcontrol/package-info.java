/** Flow control: the pressure on processors, what producers are told of it, operator switches, and policies of cameras. */
@NullMarked
package framebuffer.orchestrator.flowcontrol;

import org.jspecify.annotations.NullMarked;
