package framebuffer.app.demo;

import framebuffer.migration.older.StandIn;
import framebuffer.migration.older.StandIn.StandInCounts;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The stand-in of the older service, and a processor that polls it as the processors of that service do. */
final class OlderPolls implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(OlderPolls.class);
    /** Polls are rare enough that the small memory of the stand-in fills up now and then. */
    private static final Duration POLL_INTERVAL = Duration.ofSeconds(2);
    private static final Duration ANSWERS_WITHIN = Duration.ofSeconds(5);

    private final StandIn service;
    private final CountDownLatch stopping = new CountDownLatch(1);
    private final Thread polls;

    OlderPolls(StandIn service) {
        this.service = service;
        this.polls = Thread.ofVirtual().name("older-processor").start(this::poll);
    }

    String url() {
        return "http://127.0.0.1:" + service.port();
    }

    StandInCounts counts() {
        return service.counts();
    }

    private void poll() {
        HttpRequest dequeue = HttpRequest.newBuilder(URI.create(url() + "/frames/dequeue?count=10"))
                .timeout(ANSWERS_WITHIN).build();
        try (HttpClient http = HttpClient.newHttpClient()) {
            while (!stopping.await(POLL_INTERVAL.toMillis(), TimeUnit.MILLISECONDS)) {
                http.send(dequeue, BodyHandlers.discarding());
            }
        } catch (IOException e) {
            log.warn("a poll of the stand-in failed: {}", e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Ends the processor; the service goes on. */
    void stopPolling() {
        stopping.countDown();
        try {
            polls.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        stopPolling();
        service.close();
    }
}
