package framebuffer.bridge.notifications;

import com.fasterxml.jackson.databind.node.ObjectNode;
import framebuffer.bridge.notifications.NotificationPolicy.Verdict;
import framebuffer.bridge.results.DeliveryCounts;
import framebuffer.bridge.results.DetectionJson;
import framebuffer.bridge.results.ResultReceiver;
import framebuffer.bridge.webhook.WebhookSender;
import framebuffer.redis.cluster.Partition;
import framebuffer.redis.results.NotificationStore;
import framebuffer.wire.EntryId;
import framebuffer.wire.Partitioning;
import framebuffer.wire.frame.StoredResult;
import framebuffer.wire.frame.StoredResult.ObjectFinding;
import framebuffer.wire.text.Json;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Follows one rule. What was sent last is in Redis, so that neither a restart nor another instance repeats it; only when this process dies
 * between sending and recording, a notification is sent twice.
 */
public final class NotificationReceiver implements ResultReceiver, AutoCloseable {
    private static final Duration RECORD_EVERY = Duration.ofMinutes(1);
    /** Most notifications that wait for one of their receivers: one for each partition. */
    private static final int MOST_WAITING = Partitioning.MOST;

    private final NotificationRule rule;
    private final NotificationParts parts;
    private final DeliveryCounts counts;
    private final @Nullable WebhookSender post;
    /** The partitions share the rule. */
    private final ReentrantLock lock = new ReentrantLock();
    private long fence;
    /** The time of the last result of which a receiver was told. */
    private @Nullable Instant last;
    /** The time of the last result of which all receivers were told, as it is in Redis. */
    private @Nullable Instant sent;
    private @Nullable Instant recorded;
    /** Notifications that one receiver has, while the other one is away. */
    private final SequencedMap<ResultName, WaitingNotification> waiting = new LinkedHashMap<>();

    /** A result; a camera is in one partition, which gives each result another id. */
    private record ResultName(String camera, EntryId id) {
    }

    /** A notification, and which of its receivers have it. */
    private static final class WaitingNotification {
        private final Instant at;
        private boolean posted;
        private boolean published;

        /** A notification that none of the receivers of its rule has. */
        WaitingNotification(Instant at, NotificationRule rule, @Nullable TopicPublisher mqtt) {
            this.at = at;
            this.posted = rule.webhook() == null;
            this.published = rule.mqttTopic() == null || mqtt == null;
        }
    }

    /**
     * What a notifier uses.
     *
     * @param first the first partition
     * @param fence changes when another instance may have notified in between
     * @param mqtt null: there is no broker
     */
    public record NotificationParts(Partition first, LongSupplier fence, @Nullable TopicPublisher mqtt,
            PictureFinder pictures, InstantSource clock) {
    }

    /** Publishes to an MQTT topic. */
    @FunctionalInterface
    public interface TopicPublisher {
        /** Whether the broker has acknowledged. */
        boolean publish(String topic, byte[] payload) throws InterruptedException;
    }

    /** Finds the picture of a result. */
    @FunctionalInterface
    public interface PictureFinder {
        /** The JPEG; empty: it is gone, or too large. */
        Optional<byte[]> find(StoredResult result);
    }

    public NotificationReceiver(NotificationRule rule, NotificationParts parts, DeliveryCounts counts) {
        this.rule = rule;
        this.parts = parts;
        this.counts = counts;
        this.post = rule.webhook() == null ? null : new WebhookSender(rule.webhook(), "notification " + rule.name());
    }

    @Override
    public int deliver(List<StoredResult> batch) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            if (fence != parts.fence().getAsLong()) {
                sent = parts.first().ask(redis -> NotificationStore.lastSent(redis, parts.first().keys(), rule.name()))
                        .orElse(null);
                last = NotificationPolicy.latest(last, sent, parts.clock().instant());
                fence = parts.fence().getAsLong();
                recorded = null;
            }
            int settled = 0;
            while (settled < batch.size() && handle(batch.get(settled))) {
                settled++;
            }
            return settled;
        } finally {
            lock.unlock();
        }
    }

    /** Whether this result is done with. */
    private boolean handle(StoredResult result) throws InterruptedException {
        WaitingNotification begun = waiting.get(new ResultName(result.cameraId(), result.id()));
        if (begun != null) {
            return notify(result, rule.filter().findings(result), begun);
        }
        Instant now = parts.clock().instant();
        Instant at = NotificationPolicy.time(result, now);
        Verdict verdict = NotificationPolicy.decide(rule, result, last, now);
        if (!(verdict instanceof Verdict.Unwanted)) {
            record(at, now);
        }
        return switch (verdict) {
            case Verdict.Unwanted _,Verdict.Quiet _ -> true;
            case Verdict.Notify(List<ObjectFinding> findings) -> notify(result, findings,
                    new WaitingNotification(at, rule, parts.mqtt()));
        };
    }

    /** Records that the rule matches, at most once a minute. */
    private void record(Instant at, Instant now) {
        if (recorded == null || recorded.isAfter(now) || at.isAfter(recorded.plus(RECORD_EVERY))) {
            parts.first().ask(redis -> {
                NotificationStore.matched(redis, parts.first().keys(), rule.name(), at);
                return at;
            });
            recorded = at;
        }
    }

    private boolean notify(StoredResult result, List<ObjectFinding> findings, WaitingNotification one)
            throws InterruptedException {
        ObjectNode message = DetectionJson.of(result, findings).put("notification", rule.name());
        if (rule.picture()) {
            parts.pictures().find(result).ifPresent(
                    jpeg -> message.put("picture", Base64.getEncoder().encodeToString(jpeg)));
        }
        ResultName name = new ResultName(result.cameraId(), result.id());
        if (!one.posted && posted(message)) {
            one.posted = true;
            begin(name, one);
        }
        if (!one.published && published(message)) {
            one.published = true;
            begin(name, one);
        }
        if (!one.posted || !one.published) {
            return false;
        }
        end(name, one.at);
        return true;
    }

    /** A receiver has it: the rule is quiet from now on, also for the results of other partitions. */
    private void begin(ResultName name, WaitingNotification one) {
        last = NotificationPolicy.latest(last, one.at, parts.clock().instant());
        waiting.put(name, one);
        if (waiting.size() > MOST_WAITING) {
            waiting.pollFirstEntry();
        }
    }

    /** All receivers have it. */
    private void end(ResultName name, Instant at) {
        Instant now = parts.clock().instant();
        last = NotificationPolicy.latest(last, at, now);
        Instant newest = NotificationPolicy.latest(sent, at, now);
        Instant written = newest == null ? at : newest;
        parts.first().ask(redis -> {
            NotificationStore.sent(redis, parts.first().keys(), rule.name(), written);
            return written;
        });
        sent = written;
        waiting.remove(name);
    }

    private boolean posted(ObjectNode message) throws InterruptedException {
        return post == null || switch (post.send(message)) {
            case ACCEPTED -> true;
            case REFUSED -> {
                counts.refuse();
                yield true;
            }
            case UNAVAILABLE -> false;
        };
    }

    private boolean published(ObjectNode message) throws InterruptedException {
        String topic = rule.mqttTopic();
        TopicPublisher broker = parts.mqtt();
        return topic == null || broker == null || broker.publish(topic, Json.bytes(message));
    }

    @Override
    public void close() {
        if (post != null) {
            post.close();
        }
    }
}
