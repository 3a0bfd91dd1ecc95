package framebuffer.orchestrator.observability.alerts;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import framebuffer.wire.SecretAddress;
import framebuffer.wire.text.Json;
import framebuffer.wire.text.Timestamps;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends firing alerts to a URL in the webhook format of Alertmanager (version 4): when one begins, when one ends, and repeatedly while one
 * lasts. A slow or unreachable receiver gets the latest state later; nothing waits for it.
 */
public final class AlertWebhook implements AlertMonitor.AlertListener, AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(AlertWebhook.class);
    private static final Duration TIMEOUT = Duration.ofSeconds(5);
    private static final Duration LONGEST_PAUSE = Duration.ofMinutes(1);
    private static final String STILL = "0001-01-01T00:00:00Z";

    private final WebhookReceiver settings;
    private final String instance;
    private final InstantSource clock;
    private final HttpClient http = HttpClient.newBuilder().connectTimeout(TIMEOUT)
            .version(HttpClient.Version.HTTP_1_1).build();
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition news = lock.newCondition();
    private final Thread thread = Thread.ofVirtual().name("webhook").unstarted(this::run);
    private List<Alert> now = List.of();
    private List<Alert> told = List.of();
    private boolean stopping;
    private volatile @Nullable String trouble;

    /**
     * The receiver of the alerts.
     *
     * @param address http or https
     * @param again interval at which firing alerts are sent again
     * @param pause before the first retry after a failure; doubled with each, up to a minute
     */
    public record WebhookReceiver(SecretAddress address, Duration again, Duration pause) {
        /** A receiver with the default times. */
        public WebhookReceiver(SecretAddress address) {
            this(address, Duration.ofHours(4), Duration.ofSeconds(1));
        }
    }

    /**
     * @param instance the sender's name
     */
    public AlertWebhook(WebhookReceiver settings, String instance, InstantSource clock) {
        this.settings = settings;
        this.instance = instance;
        this.clock = clock;
    }

    /** Starts sending. */
    public void start() {
        thread.start();
    }

    /** Why alerts cannot be sent; empty: they can. */
    public Optional<String> trouble() {
        return Optional.ofNullable(trouble);
    }

    @Override
    public void changed(List<Alert> firing) {
        lock.lock();
        try {
            now = List.copyOf(firing);
            news.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private void run() {
        Duration pause = settings.pause();
        try {
            for (List<Alert> next = next(); next != null; next = next()) {
                if (sent(next)) {
                    told = next;
                    pause = settings.pause();
                } else {
                    rest(pause);
                    pause = pause.multipliedBy(2).compareTo(LONGEST_PAUSE) < 0
                            ? pause.multipliedBy(2)
                            : LONGEST_PAUSE;
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Waits for the next alerts to send; null: closed. */
    private @Nullable List<Alert> next() throws InterruptedException {
        lock.lockInterruptibly();
        try {
            long left = settings.again().toNanos();
            while (!stopping && now.equals(told) && (told.isEmpty() || left > 0)) {
                if (told.isEmpty()) {
                    news.await();
                } else {
                    left = news.awaitNanos(left);
                }
            }
            return stopping ? null : now;
        } finally {
            lock.unlock();
        }
    }

    private void rest(Duration pause) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            long left = pause.toNanos();
            while (!stopping && left > 0) {
                left = news.awaitNanos(left);
            }
        } finally {
            lock.unlock();
        }
    }

    private boolean sent(List<Alert> firing) throws InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create(settings.address().reveal())).timeout(TIMEOUT)
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofByteArray(Json.bytes(message(firing))))
                .build();
        try {
            int status = status(request);
            return done(status / 100 == 2 ? null : "it answers with status " + status);
        } catch (IOException e) {
            return done(
                    "it does not answer: " + (e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage()));
        }
    }

    /** The timeout of a request ends with the headers of its answer, so the body, which nobody needs, is not awaited. */
    private int status(HttpRequest request) throws IOException, InterruptedException {
        HttpResponse<InputStream> answer = http.send(request, BodyHandlers.ofInputStream());
        try (InputStream _ = answer.body()) {
            return answer.statusCode();
        }
    }

    private boolean done(@Nullable String failure) {
        if (failure != null && trouble == null) {
            log.warn("cannot send alerts to the webhook: {}; trying again", failure);
        } else if (failure == null && trouble != null) {
            log.info("the webhook receives alerts again");
        }
        trouble = failure;
        return failure == null;
    }

    /** The firing alerts, and those that have ended since the last message. */
    private ObjectNode message(List<Alert> firing) {
        Set<String> still = Alert.titles(firing);
        ObjectNode json = JsonNodeFactory.instance.objectNode().put("version", "4")
                .put("groupKey", "frame-buffer/" + instance).put("truncatedAlerts", 0)
                .put("status", firing.isEmpty() ? "resolved" : "firing").put("receiver", "webhook")
                .put("externalURL", "");
        json.putObject("groupLabels");
        json.putObject("commonLabels").put("job", "frame-buffer").put("instance", instance);
        json.putObject("commonAnnotations");
        ArrayNode alerts = json.putArray("alerts");
        firing.forEach(alert -> alerts.add(alert(alert, "firing", STILL)));
        told.stream().filter(alert -> !still.contains(alert.title()))
                .forEach(alert -> alerts.add(alert(alert, "resolved", Timestamps.micros(clock.instant()))));
        return json;
    }

    private ObjectNode alert(Alert alert, String status, String ends) {
        ObjectNode json = JsonNodeFactory.instance.objectNode().put("status", status);
        ObjectNode labels = json.putObject("labels").put("alertname", alert.rule().word())
                .put("severity", alert.rule().severity()).put("job", "frame-buffer").put("instance", instance);
        if (!alert.rule().label().isEmpty()) {
            labels.put(alert.rule().label(), alert.subject());
        }
        json.putObject("annotations").put("summary", alert.title() + ": " + alert.summary()).put("runbook",
                "docs/runbooks/" + alert.rule().runbook());
        return json.put("startsAt", Timestamps.micros(alert.since())).put("endsAt", ends).put("generatorURL", "")
                .put("fingerprint", fingerprint(alert));
    }

    /** Equal for the same alert from all instances at all times, so that receivers can merge them. FNV-1a, 64 bits. */
    private static String fingerprint(Alert alert) {
        long hash = 0xcbf29ce484222325L;
        for (char c : (alert.rule().word() + '\n' + alert.subject()).toCharArray()) {
            hash = (hash ^ c) * 0x100000001b3L;
        }
        return String.format("%016x", hash);
    }

    /** Drops alerts that were not sent yet. */
    @Override
    public void close() {
        lock.lock();
        try {
            stopping = true;
            news.signalAll();
        } finally {
            lock.unlock();
        }
        http.shutdownNow();
        thread.interrupt();
        try {
            thread.join(TimeUnit.SECONDS.toMillis(5));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
