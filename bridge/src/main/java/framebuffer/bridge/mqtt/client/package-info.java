/** The connection to an MQTT broker; hides the library. */
@NullMarked
package framebuffer.bridge.mqtt.client;

import org.jspecify.annotations.NullMarked;
