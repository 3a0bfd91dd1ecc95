package framebuffer.orchestrator.control;

/**
 * What is switched for all instances, at one moment.
 *
 * @param paused
 *            whether no frame is handed off
 */
public record Switches(boolean paused) {
}
