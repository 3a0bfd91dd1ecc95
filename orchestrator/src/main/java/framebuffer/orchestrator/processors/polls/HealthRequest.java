package framebuffer.orchestrator.processors.polls;

import com.fasterxml.jackson.databind.node.ObjectNode;
import framebuffer.orchestrator.processors.health.HealthPoll.PollOutcome;
import framebuffer.orchestrator.processors.polls.HealthPoller.AllowedPollHosts;
import framebuffer.redis.tables.HealthPollStore.PollResult;
import framebuffer.wire.SecretAddress;
import framebuffer.wire.control.Heartbeat.HealthStatus;
import framebuffer.wire.text.Json;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpClient.Redirect;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.channels.UnresolvedAddressException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** Calls a health endpoint: without redirects or proxy, reading at most 64 kB of the body, with one immediate retry without an answer. */
final class HealthRequest implements AutoCloseable {
    private static final int MAX_BODY = 1 << 16;
    private static final int TRIES = 2;

    private final AllowedPollHosts hosts;
    private final Duration timeout;
    private @Nullable HttpClient client;
    private boolean closed;

    /** The endpoint of a processor. */
    record HealthEndpoint(String processor, SecretAddress url, @Nullable String registeredFrom) {
    }

    /**
     * @param timeout of each attempt, including the whole answer
     */
    HealthRequest(AllowedPollHosts hosts, Duration timeout) {
        this.hosts = hosts;
        this.timeout = timeout;
    }

    /** Created at the first call: it takes some hundred milliseconds, and most processors have no health endpoint. */
    private synchronized HttpClient client() throws IOException {
        HttpClient made = client;
        if (closed) {
            throw new IOException("we stop");
        }
        if (made == null) {
            made = HttpClient.newBuilder().followRedirects(Redirect.NEVER).proxy(HttpClient.Builder.NO_PROXY)
                    .version(HttpClient.Version.HTTP_1_1).connectTimeout(timeout)
                    .executor(Executors.newVirtualThreadPerTaskExecutor()).build();
            client = made;
        }
        return made;
    }

    /** Calls the endpoint. */
    PollResult call(HealthEndpoint endpoint) throws InterruptedException {
        String reason = "";
        for (int i = 0; i < TRIES; i++) {
            try {
                URI uri = URI.create(endpoint.url().reveal());
                if (!hosts.allow(uri.getHost(), endpoint.registeredFrom())) {
                    return result(PollOutcome.REFUSED, "host " + uri.getHost() + " is not allowed (health-hosts)");
                }
                return judged(answer(uri));
            } catch (TimeoutException e) {
                reason = "timeout after " + timeout.toMillis() + " ms";
            } catch (IOException | IllegalArgumentException e) {
                reason = said(e);
            }
        }
        return result(PollOutcome.SILENT, reason);
    }

    private HttpResponse<byte[]> answer(URI uri) throws IOException, TimeoutException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(uri).timeout(timeout).header("Accept", "application/json").GET()
                .build();
        CompletableFuture<HttpResponse<byte[]>> answer = client().sendAsync(request,
                _ -> new BodyPrefix(MAX_BODY));
        try {
            // The request's own timeout ends when the body begins.
            return answer.get(timeout.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof IOException failed ? failed : new IOException(e.getCause());
        } finally {
            answer.cancel(true);
        }
    }

    private static PollResult judged(HttpResponse<byte[]> answer) {
        int status = answer.statusCode();
        if (status >= 300) {
            return result(PollOutcome.BAD, "with status " + status);
        }
        ObjectNode json = Json.object(answer.body());
        String says = json == null ? "" : json.path("status").asText();
        if (says.equals(HealthStatus.UNHEALTHY.word())) {
            return result(PollOutcome.BAD, "unhealthy");
        }
        return says.equals(HealthStatus.DEGRADED.word())
                ? result(PollOutcome.DEGRADED, "degraded")
                : result(PollOutcome.GOOD, "with status " + status);
    }

    private static PollResult result(PollOutcome kind, String detail) {
        return new PollResult(kind.word(), detail, kind.isSignOfLife(), kind == PollOutcome.BAD);
    }

    /** Our own words for an exception: text from the endpoint must not get into logs and answers. */
    private static String said(Exception e) {
        return switch (e) {
            case ConnectException c when c.getCause() instanceof UnresolvedAddressException ->
                "cannot resolve its host";
            case ConnectException _ -> "no connection";
            case java.net.http.HttpTimeoutException _ -> "timeout";
            case javax.net.ssl.SSLException _ -> "TLS failed";
            default -> "invalid HTTP";
        };
    }

    @Override
    public synchronized void close() {
        closed = true;
        if (client != null) {
            client.shutdownNow();
        }
    }
}
