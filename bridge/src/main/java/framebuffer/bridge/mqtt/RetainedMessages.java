package framebuffer.bridge.mqtt;

import framebuffer.bridge.mqtt.client.MqttMessage;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;

/**
 * What the broker keeps of ours, as far as this connection knows. For one thread at a time.
 *
 * <p>
 * Bounded by the number of cameras and labels, and by {@value #MOST} topics that were found.
 */
final class RetainedMessages {
    /** Topics of a camera that is gone are cleared after this time. */
    static final Duration CLEARED_AFTER = Duration.ofMinutes(5);
    private static final int MOST = 50_000;
    /** No hash of a payload; the topic is there with some payload. */
    private static final long UNKNOWN = Long.MIN_VALUE;

    private final Map<String, Long> known = new HashMap<>();
    private final Map<String, Instant> goneSince = new TreeMap<>();

    /** A topic that the broker keeps with some payload. */
    void found(String topic) {
        if (known.size() < MOST) {
            known.putIfAbsent(topic, UNKNOWN);
        }
    }

    /** The broker has acknowledged this. */
    void acknowledged(MqttMessage message) {
        if (message.payload().length == 0) {
            known.remove(message.topic());
        } else {
            known.put(message.topic(), hash(message));
        }
    }

    /** Publishes these topics again. */
    void forget(Predicate<String> topics) {
        known.replaceAll((topic, hash) -> topics.test(topic) ? UNKNOWN : hash);
    }

    /** Those of these messages that the broker does not have. */
    List<MqttMessage> missing(List<MqttMessage> wanted) {
        return wanted.stream().filter(message -> known.getOrDefault(message.topic(), UNKNOWN) != hash(message))
                .toList();
    }

    /** Topics that the broker keeps. */
    List<String> topics(Predicate<String> wanted) {
        return known.keySet().stream().filter(wanted).toList();
    }

    /**
     * Messages that make the broker forget the topics that have been gone for {@link #CLEARED_AFTER}. Not sooner: a Redis that has lost its
     * data, or that has not read it yet, names no cameras for some time.
     */
    List<MqttMessage> clearing(Predicate<String> gone, Instant now) {
        goneSince.keySet().retainAll(Set.copyOf(topics(gone)));
        topics(gone).forEach(topic -> goneSince.merge(topic, now, (since, _) -> since.isAfter(now) ? now : since));
        return goneSince.entrySet().stream().filter(one -> !one.getValue().plus(CLEARED_AFTER).isAfter(now))
                .map(one -> MqttMessage.clearing(one.getKey())).toList();
    }

    void clear() {
        known.clear();
        goneSince.clear();
    }

    private static long hash(MqttMessage message) {
        return ((long) message.payload().length << 32) ^ (Arrays.hashCode(message.payload()) & 0xFFFF_FFFFL);
    }
}
