package framebuffer.bridge;

import framebuffer.bridge.mqtt.MqttPublisher;
import framebuffer.bridge.mqtt.MqttPublisher.MqttSettings;
import framebuffer.bridge.notifications.NotificationReceiver;
import framebuffer.bridge.notifications.NotificationRule;
import framebuffer.bridge.results.CatchUpPolicy;
import framebuffer.bridge.results.DeliveryCounts;
import framebuffer.bridge.results.PublisherLease;
import framebuffer.bridge.results.ResultFollower;
import framebuffer.bridge.results.ResultFollower.NamedReceiver;
import framebuffer.bridge.webhook.ResultWebhook;
import framebuffer.bridge.webhook.ResultWebhook.WebhookSettings;
import framebuffer.redis.AclRights;
import framebuffer.redis.RedisAddress;
import framebuffer.redis.RedisLoop;
import framebuffer.redis.cluster.Partition;
import framebuffer.redis.cluster.PartitionLayout;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import org.jspecify.annotations.Nullable;

/** Takes results to all receivers. Several instances may run one; the one with the lease publishes. */
public final class ResultBridge implements AutoCloseable {
    private final PartitionLayout layout;
    private final CatchUpPolicy catchUp;
    private final PublisherLease lease;
    private final InstantSource clock;
    private final Map<String, DeliveryCounts> counts = new ConcurrentSkipListMap<>();
    private final List<RunningReceiver> receivers = new ArrayList<>();
    private final Map<NotificationRule, RunningReceiver> rules = new HashMap<>();
    private final ResultPictures pictures;
    private final @Nullable MqttPublisher mqtt;
    private @Nullable RedisLoop leaseLoop;

    /**
     * The receivers.
     *
     * @param mqtt null: no broker
     * @param webhook null: no webhook
     * @param pixels the Redis of the pixels; null: that of the frames
     */
    public record BridgeSettings(@Nullable MqttSettings mqtt, @Nullable WebhookSettings webhook, CatchUpPolicy catchUp,
            @Nullable RedisAddress pixels) {
    }

    /** A receiver and the loops that read for it. */
    private record RunningReceiver(String name, List<RedisLoop> loops, AutoCloseable receiver) {
        void stop() throws Exception {
            loops.forEach(RedisLoop::stop);
            receiver.close();
            loops.forEach(RedisLoop::close);
        }
    }

    private ResultBridge(BridgeSettings settings, PartitionLayout layout, InstantSource clock) {
        this.layout = layout;
        this.catchUp = settings.catchUp();
        this.clock = clock;
        this.lease = new PublisherLease(layout.all().getFirst().keys(), System::nanoTime);
        this.pictures = new ResultPictures(layout, settings.pixels());
        MqttSettings broker = settings.mqtt();
        this.mqtt = broker == null ? null : new MqttPublisher(broker, lease, clock, counted());
    }

    /** Starts the bridge; Redis, the broker and the other receivers may come later. */
    public static ResultBridge start(BridgeSettings settings, PartitionLayout layout, InstantSource clock) {
        ResultBridge bridge = new ResultBridge(settings, layout, clock);
        MqttPublisher broker = bridge.mqtt;
        if (broker != null) {
            RunningReceiver running = bridge.follow(new NamedReceiver("mqtt", broker, broker.counts()), () -> {
            });
            layout.all().forEach(one -> running.loops()
                    .add(new RedisLoop("mqtt-cameras", one.redis(), broker.camerasOf(one)).start()));
            broker.start();
            bridge.receivers.add(running);
        }
        WebhookSettings hook = settings.webhook();
        if (hook != null) {
            DeliveryCounts counted = bridge.counted();
            ResultWebhook webhook = new ResultWebhook(hook, counted);
            bridge.receivers.add(bridge.follow(new NamedReceiver("webhook", webhook, counted), webhook));
        }
        return bridge;
    }

    private RunningReceiver follow(NamedReceiver to, AutoCloseable receiver) {
        takeLease();
        counts.put(to.name(), to.counts());
        List<RedisLoop> loops = new ArrayList<>();
        layout.all().forEach(one -> loops.add(new RedisLoop("results for " + to.name(), address(one),
                new ResultFollower(one, to, lease, catchUp)).start()));
        return new RunningReceiver(to.name(), loops, receiver);
    }

    /** The lease is taken with the first receiver: without one, another instance may publish. */
    private void takeLease() {
        if (leaseLoop == null) {
            leaseLoop = new RedisLoop("publisher-lease", address(layout.all().getFirst()), lease).start();
        }
    }

    private void releaseLease() {
        RedisLoop loop = leaseLoop;
        leaseLoop = null;
        if (loop != null) {
            loop.close();
        }
    }

    private DeliveryCounts counted() {
        return new DeliveryCounts(layout.all().size());
    }

    private static RedisAddress address(Partition partition) {
        return partition.redis().needing(AclRights.ofPublisher(partition.keys()));
    }

    /** Follows exactly these rules from now on; one that does not change goes on as before. For one thread at a time. */
    public void follow(List<NotificationRule> wanted) {
        List<NotificationRule> gone = rules.keySet().stream().filter(rule -> !wanted.contains(rule)).toList();
        gone.forEach(rule -> {
            RunningReceiver running = rules.remove(rule);
            if (running != null) {
                stop(running);
            }
        });
        wanted.stream().filter(rule -> !rules.containsKey(rule)).forEach(rule -> {
            DeliveryCounts counted = counted();
            NotificationReceiver notifier = new NotificationReceiver(rule,
                    new NotificationReceiver.NotificationParts(layout.all().getFirst(), lease::fence,
                            mqtt == null ? null : mqtt::publish, pictures, clock),
                    counted);
            rules.put(rule, follow(new NamedReceiver("notification " + rule.name(), notifier, counted), notifier));
        });
        if (rules.isEmpty() && receivers.isEmpty()) {
            releaseLease();
        }
    }

    private void stop(RunningReceiver running) {
        counts.remove(running.name());
        try {
            running.stop();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    /** What became of the results, by receiver. */
    public Map<String, DeliveryCounts> counts() {
        return counts;
    }

    /** Whether this instance publishes. */
    public boolean publishes() {
        return lease.isHeld();
    }

    /** Stops reading, says goodbye to the broker, and then lets another instance publish. */
    @Override
    public void close() {
        follow(List.of());
        receivers.forEach(this::stop);
        receivers.clear();
        if (mqtt != null) {
            mqtt.close();
        }
        releaseLease();
    }
}
