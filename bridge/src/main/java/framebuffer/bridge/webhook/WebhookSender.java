package framebuffer.bridge.webhook;

import com.fasterxml.jackson.databind.node.ObjectNode;
import framebuffer.redis.LastingFault;
import framebuffer.wire.SecretAddress;
import framebuffer.wire.text.Json;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Sends JSON to one URL. Follows no redirects: they could lead a secret elsewhere. Thread-safe. */
public final class WebhookSender implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(WebhookSender.class);
    private static final Duration TIMEOUT = Duration.ofSeconds(5);
    /** Of the statuses 4xx, those after which another attempt may succeed. */
    private static final Set<Integer> LATER = Set.of(401, 403, 404, 407, 408, 421, 423, 425, 429);

    private final SecretAddress address;
    private final HttpClient http = HttpClient.newBuilder().connectTimeout(TIMEOUT)
            .version(HttpClient.Version.HTTP_1_1).followRedirects(HttpClient.Redirect.NEVER).build();
    private final LastingFault fault;
    private volatile boolean closed;

    /** How an attempt ended. */
    public enum DeliveryOutcome {
        /** The receiver has it. */
        ACCEPTED,
        /** The receiver will never accept this message. */
        REFUSED,
        /** The receiver may accept it later. */
        UNAVAILABLE
    }

    /**
     * @param address http or https
     * @param name of the receiver, for the log
     */
    public WebhookSender(SecretAddress address, String name) {
        this.address = address;
        this.fault = new LastingFault(log, name);
    }

    /** Sends one message, and waits for the status of the answer, at most 5 s after the connection is open. */
    public DeliveryOutcome send(ObjectNode message) throws InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create(address.reveal())).timeout(TIMEOUT)
                .header("Content-Type", "application/json").POST(BodyPublishers.ofByteArray(Json.bytes(message)))
                .build();
        try {
            int status = status(request);
            if (status / 100 == 2) {
                fault.over(address + " accepts messages again");
                return DeliveryOutcome.ACCEPTED;
            }
            fault.is(address + " answers with status " + status);
            return status / 100 == 4 && !LATER.contains(status) ? DeliveryOutcome.REFUSED : DeliveryOutcome.UNAVAILABLE;
        } catch (IOException e) {
            if (closed) {
                return DeliveryOutcome.UNAVAILABLE;
            }
            fault.is(address + " does not answer: "
                    + (e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage()));
            return DeliveryOutcome.UNAVAILABLE;
        }
    }

    /** The timeout of a request ends with the headers of its answer, so the body, which nobody needs, is not awaited. */
    private int status(HttpRequest request) throws IOException, InterruptedException {
        HttpResponse<InputStream> answer = http.send(request, BodyHandlers.ofInputStream());
        try (InputStream _ = answer.body()) {
            return answer.statusCode();
        }
    }

    /** Ends a request that is under way. */
    @Override
    public void close() {
        closed = true;
        http.shutdownNow();
    }
}
