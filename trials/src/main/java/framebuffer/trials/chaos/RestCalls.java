package framebuffer.trials.chaos;

import com.fasterxml.jackson.databind.JsonNode;
import framebuffer.trials.chaos.check.RunConditions.LedgerFigures;
import framebuffer.wire.text.Json;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Calls the REST API of any instance that responds. */
final class RestCalls implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(RestCalls.class);
    private static final Duration TIMEOUT = Duration.ofSeconds(3);
    private static final int OK = 200;

    private final List<Integer> ports;
    private final HttpClient http = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).connectTimeout(TIMEOUT)
            .build();

    /**
     * @param ports ports of the instances
     */
    RestCalls(List<Integer> ports) {
        this.ports = List.copyOf(ports);
    }

    /** The number of ready instances. */
    long ready() throws InterruptedException {
        long ready = 0;
        for (int port : ports) {
            ready += get(port, "/health/ready").isPresent() ? 1 : 0;
        }
        return ready;
    }

    /** The number of registered processors. */
    int processors() throws InterruptedException {
        return get("/processors").map(JsonNode::size).orElse(0);
    }

    Optional<LedgerFigures> ledger() throws InterruptedException {
        return get("/frames/ledger").map(ledger -> {
            JsonNode total = ledger.path("total");
            long shed = total.path("shed").properties().stream().mapToLong(reason -> reason.getValue().asLong()).sum();
            return new LedgerFigures(ledger.path("balanced").asBoolean(), total.path("captured").asLong(-1),
                    total.path("done").asLong(-1), shed, total.path("dead").asLong(-1), total.path("lost").asLong(-1),
                    total.path("in_flight").asLong(-1));
        });
    }

    private Optional<JsonNode> get(String path) throws InterruptedException {
        for (int port : ports) {
            Optional<JsonNode> answer = get(port, path);
            if (answer.isPresent()) {
                return answer;
            }
        }
        return Optional.empty();
    }

    private Optional<JsonNode> get(int port, String path) throws InterruptedException {
        try {
            HttpResponse<byte[]> answer = http.send(HttpRequest
                    .newBuilder(URI.create("http://127.0.0.1:" + port + path)).timeout(TIMEOUT).build(),
                    BodyHandlers.ofByteArray());
            return answer.statusCode() == OK ? Optional.ofNullable(Json.value(answer.body())) : Optional.empty();
        } catch (IOException e) {
            log.debug("the instance at port {} does not answer", port, e);
            return Optional.empty();
        }
    }

    @Override
    public void close() {
        http.shutdownNow();
    }
}
