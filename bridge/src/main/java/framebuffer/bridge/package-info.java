/** Takes results out of Redis to others: an MQTT broker, a webhook, the receivers of notifications. */
@NullMarked
package framebuffer.bridge;

import org.jspecify.annotations.NullMarked;
