package framebuffer.app.query;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import framebuffer.app.terminal.ServiceOptions;
import framebuffer.wire.Secret;
import framebuffer.wire.SecretAddress;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Polls a service that loses Redis and answers 503 to every request that needs Redis. */
class OverviewPollerTest {
    private static final TerminalSize LARGE = new TerminalSize(50, 200);
    private static final String AWAY = "{\"status\": 503, \"detail\": \"Redis cannot be reached\"}";

    private HttpServer server;
    private OverviewScreen screen;
    private OverviewPoller poller;
    private Instant now = Instant.parse("2026-11-30T12:00:00Z");
    private volatile boolean away;

    @Command
    private static final class Options {
        @Mixin
        private final ServiceOptions service = new ServiceOptions();
    }

    @BeforeEach
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 10);
        server.createContext("/", this::answer);
        server.start();
        String url = "http://127.0.0.1:" + server.getAddress().getPort();
        Options options = new Options();
        new CommandLine(options).registerConverter(SecretAddress.class, SecretAddress::new)
                .registerConverter(Secret.class, Secret::new).parseArgs("--orchestrator-url", url);
        ServiceClient client = new ServiceClient(options.service);
        screen = new OverviewScreen(url);
        poller = new OverviewPoller(client, () -> now);
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    private void answer(HttpExchange exchange) throws IOException {
        String path = exchange.getRequestURI().getPath();
        String text = switch (path) {
            case "/health" -> "{\"status\": \"" + (away ? "unhealthy" : "healthy") + "\", \"checks\": []}";
            case "/alerts" -> "[]";
            default -> away ? AWAY : path.equals("/frames/stats") ? "{\"captured\": 4711}" : "{}";
        };
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        try (exchange) {
            exchange.sendResponseHeaders(away && !path.equals("/alerts") ? 503 : 200, bytes.length);
            exchange.getResponseBody().write(bytes);
        }
    }

    @Test
    void whatWasLastKnownStaysAndItIsSaidOfWhen() {
        poller.poll();
        assertThat(poller.shown(screen, LARGE)).noneMatch(line -> line.startsWith("NO ANSWER"));
        away = true;
        now = now.plusSeconds(27);
        poller.again();
        List<String> shown = poller.shown(screen, LARGE);
        assertThat(shown.getFirst()).endsWith("unhealthy");
        assertThat(shown.get(1))
                .matches("NO ANSWER, this is as of \\d\\d:\\d\\d:\\d\\d \\(27 s ago\\): .*cannot be reached");
        assertThat(shown).anySatisfy(line -> assertThat(line).contains("of 4,711 captured"));
        away = false;
        poller.again();
        assertThat(poller.shown(screen, LARGE)).noneMatch(line -> line.startsWith("NO ANSWER"));
    }

    @Test
    void whatWasNeverKnownIsNotShownAsZero() {
        away = true;
        poller.poll();
        assertThat(poller.shown(screen, LARGE)).contains("No figures of frames yet.")
                .anySatisfy(line -> assertThat(line).contains("NO ANSWER, this is all that is known"));
    }

    @Test
    void aServiceThatIsGoneIsTroubleLikeOther() {
        poller.poll();
        server.stop(0);
        poller.again();
        assertThat(poller.shown(screen, LARGE)).anySatisfy(line -> assertThat(line).contains("of 4,711 captured"))
                .anySatisfy(line -> assertThat(line).contains("no service answers"));
    }
}
