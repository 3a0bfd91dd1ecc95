package framebuffer.bridge.mqtt;

import framebuffer.bridge.mqtt.client.MqttAddress;
import framebuffer.bridge.mqtt.client.MqttConnection;
import framebuffer.bridge.mqtt.client.MqttMessage;
import framebuffer.bridge.mqtt.client.MqttUnavailable;
import framebuffer.bridge.results.DeliveryCounts;
import framebuffer.bridge.results.PublisherLease;
import framebuffer.bridge.results.ResultReceiver;
import framebuffer.redis.LastingFault;
import framebuffer.redis.RedisLoop;
import framebuffer.redis.cluster.Partition;
import framebuffer.wire.frame.StoredResult;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Publishes results, availability, pictures and discovery to an MQTT broker while this instance holds the lease. One thread keeps the
 * connection and what the broker keeps of ours; results are published by the threads that read them, and wait in Redis while there is no
 * connection.
 */
public final class MqttPublisher implements ResultReceiver, AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(MqttPublisher.class);
    private static final Duration TIMEOUT = Duration.ofSeconds(5);
    private static final Duration TURN = Duration.ofSeconds(1);
    private static final Duration FIRST_PAUSE = Duration.ofMillis(500);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(5);
    /** Most retained messages that are sent before the next look at the lease. */
    private static final int KEPT_AT_ONCE = 500;

    private final MqttSettings settings;
    private final Topics topics;
    private final DetectionMessages detections;
    private final @Nullable HomeAssistantDiscovery discovery;
    private final DesiredMessages desired;
    private final PublisherLease lease;
    private final InstantSource clock;
    private final DeliveryCounts counts;
    private final Duration timeout;
    private final CountDownLatch stopping = new CountDownLatch(1);
    private final Thread thread = Thread.ofVirtual().name("mqtt").unstarted(this::run);
    private final LastingFault away = new LastingFault(log, "mqtt");
    private boolean connectedBefore;
    private volatile @Nullable MqttConnection connection;

    /**
     * What to publish where.
     *
     * @param prefix beginning of all topics
     * @param discoveryPrefix prefix of Home Assistant's discovery; empty: no discovery
     * @param pictureInterval least time between two pictures of a camera; zero: no pictures
     * @param offDelay how long a binary sensor stays on after the last finding
     * @param version of the service
     */
    public record MqttSettings(MqttAddress address, String prefix, String discoveryPrefix, Duration pictureInterval,
            Duration offDelay, String version) {
    }

    /**
     * The messages of a result.
     *
     * @param messages empty: MQTT cannot carry one of them
     */
    private record PublishedResult(StoredResult result, List<MqttMessage> messages) {
    }

    /** Publishes nothing before {@link #start}. */
    public MqttPublisher(MqttSettings settings, PublisherLease lease, InstantSource clock, DeliveryCounts counts) {
        this(settings, lease, clock, counts, TIMEOUT);
    }

    /** @param timeout for the connection, and for each acknowledgement after the one before */
    MqttPublisher(MqttSettings settings, PublisherLease lease, InstantSource clock, DeliveryCounts counts,
            Duration timeout) {
        this.settings = settings;
        this.topics = new Topics(settings.prefix());
        this.detections = new DetectionMessages(topics, settings.offDelay());
        this.discovery = settings.discoveryPrefix().isEmpty()
                ? null
                : new HomeAssistantDiscovery(settings.discoveryPrefix(), topics, settings.offDelay(),
                        settings.version());
        this.desired = new DesiredMessages(settings, discovery);
        this.lease = lease;
        this.clock = clock;
        this.counts = counts;
        this.timeout = timeout;
    }

    /** The work that reads the cameras of a partition; call it once for each partition, before the start. */
    public RedisLoop.Work camerasOf(Partition partition) {
        CameraStates states = new CameraStates(partition.keys(), settings.pictureInterval(), lease::isHeld);
        desired.add(states);
        return states;
    }

    /** What became of the results. */
    public DeliveryCounts counts() {
        return counts;
    }

    /** Starts to connect and publish. */
    public void start() {
        thread.start();
    }

    @Override
    public int deliver(List<StoredResult> batch) throws InterruptedException {
        MqttConnection open = connection;
        if (open == null || !open.isOpen()) {
            return 0;
        }
        List<PublishedResult> results = batch.stream().map(this::messages).toList();
        List<MqttMessage> messages = results.stream().flatMap(one -> one.messages().stream()).toList();
        return settle(results, open.publish(messages));
    }

    private PublishedResult messages(StoredResult result) {
        List<MqttMessage> messages = detections.of(result, clock.instant());
        return new PublishedResult(result, messages.stream().allMatch(MqttConnection::canCarry) ? messages : List.of());
    }

    /** The number of results, from the first, of which the broker has acknowledged all messages. */
    private int settle(List<PublishedResult> results, int acknowledged) {
        int left = acknowledged;
        int settled = 0;
        for (PublishedResult one : results) {
            left -= one.messages().size();
            if (left < 0) {
                break;
            }
            settled++;
            if (one.messages().isEmpty()) {
                counts.refuse();
            } else {
                desired.published(one.result(), one.messages());
            }
        }
        return settled;
    }

    /** Publishes a message that the broker does not keep; returns whether the broker has acknowledged it. */
    public boolean publish(String topic, byte[] payload) throws InterruptedException {
        MqttConnection open = connection;
        return open != null && open.publish(List.of(new MqttMessage(topic, payload, false))) == 1;
    }

    private void run() {
        Duration pause = FIRST_PAUSE;
        try {
            while (stopping.getCount() > 0) {
                if (!lease.isHeld()) {
                    // Without the lease, or without Redis. Another publisher says that it is online when it reads this.
                    sayOffline();
                    disconnect();
                    stopping.await(TURN.toMillis(), TimeUnit.MILLISECONDS);
                } else if (turn()) {
                    pause = FIRST_PAUSE;
                } else {
                    disconnect();
                    stopping.await(pause.toMillis(), TimeUnit.MILLISECONDS);
                    pause = pause.multipliedBy(2).compareTo(LONGEST_PAUSE) < 0
                            ? pause.multipliedBy(2)
                            : LONGEST_PAUSE;
                }
            }
        } catch (InterruptedException e) {
            log.debug("interrupted");
        }
    }

    /** One turn; false: there is no connection. */
    private boolean turn() throws InterruptedException {
        try {
            MqttConnection open = connection;
            if (open == null) {
                open = connect();
            }
            if (!keep(open)) {
                away.is("the broker at " + settings.address() + " does not acknowledge, or has closed the connection");
                return false;
            }
            away.over("the broker at " + settings.address() + " receives messages again");
            stopping.await(TURN.toMillis(), TimeUnit.MILLISECONDS);
            return open.isOpen();
        } catch (MqttUnavailable e) {
            away.is(e.getMessage() + "; results wait in Redis");
            return false;
        } catch (RuntimeException e) {
            away.isFault(e);
            return false;
        }
    }

    private MqttConnection connect() throws MqttUnavailable, InterruptedException {
        desired.restart();
        MqttConnection open = MqttConnection.open(settings.address(), clientId(),
                MqttMessage.retained(topics.availability(), DesiredMessages.OFFLINE), timeout);
        // Results need not wait until the broker has all that it shall keep.
        connection = open;
        CountDownLatch echoed = new CountDownLatch(1);
        // The broker first sends what it keeps. What we publish afterwards ends that part.
        open.subscribe(topics.all(), message -> {
            if (message.retained()) {
                desired.received(message);
            } else if (message.topic().equals(topics.availability())) {
                echoed.countDown();
            }
        });
        open.subscribe(topics.availability(), desired::received);
        if (discovery != null) {
            open.subscribe(discovery.filter(), message -> {
                if (message.retained()) {
                    desired.received(message);
                }
            });
            open.subscribe(discovery.birth(), desired::received);
        }
        open.publish(List.of(MqttMessage.retained(topics.availability(), DesiredMessages.ONLINE)));
        if (!echoed.await(timeout.toMillis(), TimeUnit.MILLISECONDS)) {
            log.debug("the broker does not let this client read {}", topics.all());
        }
        open.unsubscribe(topics.all());
        if (!connectedBefore) {
            connectedBefore = true;
            log.info("results are published to {} under {}", settings.address(), settings.prefix());
        }
        return open;
    }

    /** The same for all instances: the broker ends the connection of the one that published before. */
    private String clientId() {
        CRC32 hash = new CRC32();
        hash.update(settings.prefix().getBytes(StandardCharsets.UTF_8));
        return "frame-buffer-" + Long.toHexString(hash.getValue());
    }

    /** Publishes what the broker shall keep and does not have; false: the connection has failed. */
    private boolean keep(MqttConnection open) throws InterruptedException {
        List<MqttMessage> all = desired.outdated(clock.instant());
        for (int from = 0; from < all.size() && lease.isHeld() && stopping.getCount() > 0; from += KEPT_AT_ONCE) {
            List<MqttMessage> some = all.subList(from, Math.min(from + KEPT_AT_ONCE, all.size()));
            int done = open.publish(some);
            desired.acknowledged(some.subList(0, done));
            if (done < some.size()) {
                return false;
            }
        }
        return open.isOpen();
    }

    private void sayOffline() throws InterruptedException {
        MqttConnection open = connection;
        if (open != null && open.isOpen()) {
            open.publish(List.of(MqttMessage.retained(topics.availability(), DesiredMessages.OFFLINE)));
        }
    }

    private void disconnect() {
        MqttConnection open = connection;
        connection = null;
        if (open != null) {
            open.close();
        }
    }

    /** Says that the service is offline, and ends the connection. */
    @Override
    public void close() {
        stopping.countDown();
        try {
            if (!thread.join(timeout.multipliedBy(3))) {
                thread.interrupt();
            }
            sayOffline();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        disconnect();
    }
}
