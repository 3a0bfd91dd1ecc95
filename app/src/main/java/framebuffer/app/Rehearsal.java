package framebuffer.app;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import framebuffer.redis.embedded.EmbeddedRedis;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.Writer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import picocli.CommandLine;

/**
 * Runs each query once. The launcher starts it to make the cache of classes with which queries start fast. The queries get their answers
 * from here: a whole service would fill that cache with classes that queries do not need.
 */
final class Rehearsal {
    private static final byte[] LIST = "[{\"id\":\"one\",\"capabilities\":[\"any\"],\"instances\":[\"one\"]}]"
            .getBytes(StandardCharsets.UTF_8);
    private static final byte[] OBJECT = "{\"processor_id\":\"one\",\"candidates\":[{}]}"
            .getBytes(StandardCharsets.UTF_8);

    private Rehearsal() {
    }

    /**
     * Runs the queries.
     *
     * @param arguments a new folder for the data of an embedded Redis
     */
    public static void main(String[] arguments) throws IOException {
        Locale.setDefault(Locale.ROOT);
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 10);
        server.createContext("/", Rehearsal::answer);
        server.start();
        String service = "http://127.0.0.1:" + server.getAddress().getPort();
        for (String query : List.of("--version", "--help", "help serve", "camera --help", "config", "config camera")) {
            run(query.split(" "));
        }
        for (String query : List.of("processors", "route", "frames", "trace one", "dead-letters", "partitions",
                "top --once")) {
            run((query + " --orchestrator-url " + service).split(" "));
        }
        Path data = Path.of(arguments[0]);
        try (EmbeddedRedis _ = EmbeddedRedis.start(data)) {
            run("ledger", "--data-dir", data.toString());
        } finally {
            server.stop(0);
        }
        System.exit(0);
    }

    private static void answer(HttpExchange exchange) throws IOException {
        String path = exchange.getRequestURI().getPath();
        byte[] answer = Stream.of("/processors", "/partitions", "/frames/dead-letters").anyMatch(path::equals)
                ? LIST
                : OBJECT;
        try (exchange) {
            exchange.getRequestBody().readAllBytes();
            exchange.sendResponseHeaders(200, answer.length);
            exchange.getResponseBody().write(answer);
        }
    }

    private static void run(String... arguments) {
        PrintWriter nowhere = new PrintWriter(Writer.nullWriter());
        CommandLine query = Main.commandLine(Map.of(), List.of(arguments)).setOut(nowhere).setErr(nowhere);
        if (query.execute(arguments) == CommandLine.ExitCode.USAGE) {
            throw new IllegalStateException("cannot run " + String.join(" ", arguments));
        }
    }
}
