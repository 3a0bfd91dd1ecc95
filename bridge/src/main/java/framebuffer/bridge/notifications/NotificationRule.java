package framebuffer.bridge.notifications;

import framebuffer.bridge.results.ResultFilter;
import framebuffer.wire.SecretAddress;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * When somebody is told what was found.
 *
 * @param name unique; 1 to 128 characters
 * @param hours null: always
 * @param atMostEvery least time between two notifications
 * @param webhook null: none
 * @param mqttTopic null: none
 * @param picture whether the picture is sent with it
 */
public record NotificationRule(String name, ResultFilter filter, @Nullable ActivePeriod hours, Duration atMostEvery,
        @Nullable SecretAddress webhook, @Nullable String mqttTopic, boolean picture) {
}
