package framebuffer.orchestrator.flowcontrol;

/**
 * What is switched for all instances, at one moment.
 *
 * @param paused
 *            whether no frame is handed off
 */
public record SwitchState(boolean paused) {
}
