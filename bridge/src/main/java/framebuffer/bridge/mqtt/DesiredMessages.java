package framebuffer.bridge.mqtt;

import framebuffer.bridge.mqtt.CameraStates.CameraPicture;
import framebuffer.bridge.mqtt.CameraStates.CameraState;
import framebuffer.bridge.mqtt.MqttPublisher.MqttSettings;
import framebuffer.bridge.mqtt.client.MqttConnection;
import framebuffer.bridge.mqtt.client.MqttMessage;
import framebuffer.bridge.results.DetectionJson;
import framebuffer.wire.frame.StoredResult;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What the broker shall keep of ours, except results; compared with what it has. Other threads report what was published and received; all
 * else is for one thread.
 */
final class DesiredMessages {
    static final String ONLINE = "online";
    static final String OFFLINE = "offline";
    private static final String AVAILABILITY = "/availability";
    /** Most received messages that wait for the next turn. */
    private static final int MOST_RECEIVED = 50_000;
    /** Most labels of a camera, and most cameras with labels, that Home Assistant is told of. */
    private static final int MOST_LABELS = 50;
    private static final int MOST_CAMERAS = 2_000;

    private final Topics topics;
    private final boolean pictures;
    private final @Nullable HomeAssistantDiscovery discovery;
    private final List<CameraStates> cameras = new ArrayList<>();
    private final Map<String, TreeSet<String>> labels = new TreeMap<>();
    private final RetainedMessages retained = new RetainedMessages();
    private final LinkedBlockingQueue<MqttMessage> received = new LinkedBlockingQueue<>(MOST_RECEIVED);
    /** Cameras with an availability topic at the broker, as levels: they are, or were, ours. */
    private final TreeSet<String> announced = new TreeSet<>();

    DesiredMessages(MqttSettings settings, @Nullable HomeAssistantDiscovery discovery) {
        this.topics = new Topics(settings.prefix());
        this.pictures = settings.pictureInterval().isPositive();
        this.discovery = discovery;
    }

    /** Adds the cameras of a partition, before the first connection. */
    void add(CameraStates states) {
        cameras.add(states);
    }

    /** A new connection begins: nobody knows what its broker keeps. */
    void restart() {
        retained.clear();
        announced.clear();
        received.clear();
    }

    /** The broker has sent this; a message that it does not keep is a notice. */
    void received(MqttMessage message) {
        received.offer(message);
    }

    /** The broker has acknowledged a result and its labels. */
    void published(StoredResult result, List<MqttMessage> messages) {
        messages.stream().filter(MqttMessage::retained)
                .forEach(message -> received.offer(new MqttMessage(message.topic(), new byte[]{0}, true)));
        if (discovery == null) {
            return;
        }
        synchronized (labels) {
            if (labels.size() < MOST_CAMERAS || labels.containsKey(result.cameraId())) {
                TreeSet<String> known = labels.computeIfAbsent(result.cameraId(), _ -> new TreeSet<>());
                DetectionJson.labels(result).stream().filter(_ -> known.size() < MOST_LABELS).forEach(known::add);
            }
        }
    }

    /** The broker has acknowledged these. */
    void acknowledged(List<MqttMessage> messages) {
        messages.forEach(retained::acknowledged);
    }

    /** What the broker shall keep and does not have, and then what it shall forget. */
    List<MqttMessage> outdated(Instant now) {
        for (MqttMessage message = received.poll(); message != null; message = received.poll()) {
            receive(message);
        }
        List<MqttMessage> wanted = new ArrayList<>();
        wanted.add(MqttMessage.retained(topics.availability(), ONLINE));
        List<MqttMessage> clearing = List.of();
        Map<String, CameraState> known = known();
        if (known != null) {
            known.forEach((camera, state) -> describe(camera, state, wanted));
            Predicate<String> gone = gone(known.keySet());
            retained.topics(gone.and(topic -> topic.endsWith(AVAILABILITY)))
                    .forEach(topic -> wanted.add(MqttMessage.retained(topic, OFFLINE)));
            clearing = retained.clearing(gone, now);
        }
        List<MqttMessage> all = new ArrayList<>(retained.missing(wanted));
        all.removeIf(message -> !MqttConnection.canCarry(message));
        all.addAll(clearing);
        return all;
    }

    private void receive(MqttMessage message) {
        if (discovery != null && message.topic().equals(discovery.birth())) {
            if (message.text().equals(ONLINE)) {
                // Home Assistant has started: it forgot what is not kept, and reads the rest again.
                retained.forget(topic -> topic.startsWith(discovery.prefix()) || topic.endsWith(AVAILABILITY));
            }
        } else if (message.topic().equals(topics.availability())) {
            if (!message.text().equals(ONLINE)) {
                // The will of an earlier publisher.
                retained.forget(topics.availability()::equals);
            }
        } else {
            retained.found(message.topic());
            if (message.topic().endsWith(AVAILABILITY)) {
                announced.add(topics.cameraLevel(message.topic()));
            }
        }
    }

    /** The cameras of all partitions; null: not known yet. */
    private @Nullable Map<String, CameraState> known() {
        Map<String, CameraState> all = new LinkedHashMap<>();
        for (CameraStates one : cameras) {
            Map<String, CameraState> states = one.states();
            if (states == null) {
                return null;
            }
            all.putAll(states);
        }
        return all;
    }

    private void describe(String camera, CameraState state, List<MqttMessage> wanted) {
        wanted.add(MqttMessage.retained(topics.availability(camera), state.online() ? ONLINE : OFFLINE));
        announced.add(Topics.escaped(camera));
        CameraPicture picture = state.picture();
        if (picture != null) {
            wanted.add(new MqttMessage(topics.picture(camera), picture.jpeg(), true));
        }
        if (discovery == null) {
            return;
        }
        if (pictures) {
            wanted.add(discovery.picture(camera));
        }
        synchronized (labels) {
            labels.getOrDefault(camera, new TreeSet<>()).forEach(label -> wanted.add(discovery.label(camera, label)));
        }
    }

    /** Topics of ours of cameras that are gone. */
    private Predicate<String> gone(Set<String> known) {
        Set<String> levels = known.stream().map(Topics::escaped).collect(Collectors.toSet());
        Set<String> slugs = known.stream().map(Topics::slug).collect(Collectors.toSet());
        return topic -> {
            String level = topics.cameraLevel(topic);
            if (!level.isEmpty()) {
                return announced.contains(level) && !levels.contains(level);
            }
            String slug = discovery == null ? "" : discovery.cameraSlug(topic);
            return !slug.isEmpty() && !slugs.contains(slug);
        };
    }
}
