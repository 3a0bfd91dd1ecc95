package framebuffer.migration.shadow;

import java.time.Duration;

/**
 * What the service is set to, as far as it matters for the decisions of the shadow.
 *
 * @param sticky whether a camera keeps its processor
 * @param maxAge maximum age of a frame since its capture; zero: no limit
 */
public record ShadowPolicy(boolean sticky, Duration maxAge) {
}
