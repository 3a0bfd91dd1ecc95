package framebuffer.app.detect;

import framebuffer.app.terminal.CannotRun;
import framebuffer.client.telemetry.ProcessorMetrics;
import framebuffer.orchestrator.api.access.ApiTokens;
import framebuffer.orchestrator.api.http.Resource;
import framebuffer.orchestrator.api.http.Response;
import framebuffer.orchestrator.api.http.Route;
import framebuffer.orchestrator.api.server.ApiServer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;

/** Answers {@code GET /metrics}, for Prometheus. Its callers are as bounded as those of the REST API. */
final class MetricsServer implements AutoCloseable {
    private static final ApiServer.ApiLimits LIMITS = new ApiServer.ApiLimits(64, 1_024, Duration.ofSeconds(10));

    private final ApiServer server;

    /**
     * @param port 0: any free port
     * @throws CannotRun when it cannot listen on the address
     */
    MetricsServer(String host, int port, Supplier<String> text) {
        // Prometheus may know this machine by any name, and figures reveal no secret.
        Resource metrics = () -> List.of(Route.probe("/metrics",
                _ -> new Response.DocumentContent(ProcessorMetrics.CONTENT_TYPE,
                        out -> out.write(text.get().getBytes(StandardCharsets.UTF_8)))));
        try {
            server = ApiServer.start(new ApiServer.Settings(host, port, ApiTokens.NONE, List.of(), LIMITS),
                    List.of(metrics));
        } catch (ApiServer.ListenFailed e) {
            throw new CannotRun("the metrics: " + String.valueOf(e.getMessage())
                    .replace("--port", "--metrics-port").replace("--host", "--metrics-host"), e);
        }
    }

    int port() {
        return server.port();
    }

    @Override
    public void close() {
        server.close();
    }
}
