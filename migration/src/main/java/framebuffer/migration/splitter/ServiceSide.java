package framebuffer.migration.splitter;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import framebuffer.migration.web.WebAnswer;
import framebuffer.migration.web.WebRequest;
import framebuffer.redis.LastingFault;
import framebuffer.wire.Secret;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One of the two services. Each request is sent to it at most once. Thread-safe. */
final class ServiceSide {
    /** The largest answer that is passed on. */
    private static final long ANSWER_BYTES = 64 << 20;

    private static final Logger log = LoggerFactory.getLogger(ServiceSide.class);
    /** What clients of the older service ask for. The proxy lends its token for nothing else. */
    private static final Set<String> OLDER_API = Set.of("/frames/enqueue", "/frames/dequeue", "/frames/status",
            "/health");
    private static final String AUTHORIZATION = "Authorization";

    private final HttpClient http;
    private final String base;
    private final Duration timeout;
    private final @Nullable Secret token;
    private final LastingFault fault;
    private final AtomicLong requests = new AtomicLong();
    private final AtomicLong answered = new AtomicLong();

    /** What has become of a request. */
    sealed interface Outcome {
        /** It was answered, with any status. */
        record Answered(WebAnswer answer) implements Outcome {
        }

        /**
         * It was not answered.
         *
         * @param isUnsent it is sure that the service has not seen it
         */
        record Failed(String why, boolean isUnsent) implements Outcome {
        }
    }

    /**
     * @param base address of the service
     * @param timeout how long it may take for the whole answer
     * @param token for requests without one; null: it needs none
     */
    ServiceSide(HttpClient http, URI base, Duration timeout, @Nullable Secret token) {
        this.http = http;
        this.base = base.toString().replaceFirst("/$", "");
        this.timeout = timeout;
        this.token = token;
        this.fault = new LastingFault(log, this.base);
    }

    /**
     * Sends it a request.
     *
     * @throws IllegalArgumentException when the request cannot be passed on to anybody
     */
    Outcome send(WebRequest request) throws InterruptedException {
        SentOnce body = new SentOnce(request.body());
        HttpRequest.Builder passed = HttpRequest.newBuilder(URI.create(base + request.line().target()))
                .method(request.line().method(), body);
        PassedHeaders.of(request).forEach(header -> passed.header(header.name(), header.value()));
        if (token != null && request.headers(AUTHORIZATION).isEmpty() && OLDER_API.contains(request.line().path())) {
            passed.header(AUTHORIZATION, "Bearer " + token.reveal());
        }
        requests.incrementAndGet();
        CompletableFuture<HttpResponse<byte[]>> reply = http.sendAsync(passed.build(),
                BodyHandlers.limiting(BodyHandlers.ofByteArray(), ANSWER_BYTES));
        try {
            HttpResponse<byte[]> answer = reply.get(timeout.toNanos(), TimeUnit.NANOSECONDS);
            return new Outcome.Answered(
                    new WebAnswer(answer.statusCode(), PassedHeaders.of(answer.headers()), answer.body()));
        } catch (TimeoutException e) {
            reply.cancel(true);
            return failed("no answer within " + timeout.toMillis() + " ms", body);
        } catch (InterruptedException e) {
            reply.cancel(true);
            throw e;
        } catch (ExecutionException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            return failed(cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage(), body);
        }
    }

    private Outcome failed(String why, SentOnce body) {
        fault.is(why);
        return new Outcome.Failed(why, body.withdraw());
    }

    /** Its answer was passed on to the client. */
    void passedOn() {
        answered.incrementAndGet();
        fault.over("answers again");
    }

    /** Its answer was not passed on. */
    void refused(String why) {
        fault.is(why);
    }

    ObjectNode json() {
        return JsonNodeFactory.instance.objectNode().put("url", base).put("requests", requests.get())
                .put("answered", answered.get());
    }

    @Override
    public String toString() {
        return base;
    }
}
