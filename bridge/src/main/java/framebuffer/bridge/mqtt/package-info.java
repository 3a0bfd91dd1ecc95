/** Results, availability and pictures as MQTT topics, and their description for Home Assistant. */
@NullMarked
package framebuffer.bridge.mqtt;

import org.jspecify.annotations.NullMarked;
