package framebuffer.orchestrator.api.contract;

import com.fasterxml.jackson.databind.JsonNode;
import framebuffer.orchestrator.api.contract.Contract.Given;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListSet;

/** Calls the API, and checks every response against the OpenAPI document. */
public final class CheckedClient {
    private static final Contract CONTRACT = new Contract();

    private final int port;
    private final HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final Set<String> answers = new ConcurrentSkipListSet<>();

    /** The response; of an endless stream, its first event. */
    public record Answer(int status, String text, HttpResponse<?> response) {
        public JsonNode json() {
            return Contract.json(text);
        }

        public String header(String name) {
            return response.headers().firstValue(name).orElse("");
        }
    }

    public CheckedClient(int port) {
        this.port = port;
    }

    /** The documented responses seen so far: {@code GET /processors 200}. */
    public Set<String> answers() {
        return answers;
    }

    public Answer get(String path, String... headers) {
        return call("GET", path, BodyPublishers.noBody(), headers);
    }

    public Answer post(String path, String body, String... headers) {
        return call("POST", path, BodyPublishers.ofString(body), headers);
    }

    public Answer call(String method, String path, HttpRequest.BodyPublisher body, String... headers) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                .timeout(Duration.ofSeconds(20)).method(method, body);
        if (headers.length > 0) {
            request.headers(headers);
        }
        try {
            HttpResponse<InputStream> response = client.send(request.build(), BodyHandlers.ofInputStream());
            String text = text(response);
            CONTRACT.check(new Given(method, path, response.statusCode(),
                    name -> response.headers().firstValue(name).orElse(""), text)).ifPresent(answers::add);
            return new Answer(response.statusCode(), text, response);
        } catch (IOException e) {
            throw new AssertionError(method + " " + path + " was not answered", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    private static String text(HttpResponse<InputStream> response) throws IOException {
        try (InputStream body = response.body()) {
            if (!response.headers().firstValue("content-type").orElse("").startsWith("text/event-stream")) {
                return new String(body.readAllBytes(), StandardCharsets.UTF_8);
            }
            StringBuilder event = new StringBuilder();
            BufferedReader lines = new BufferedReader(new InputStreamReader(body, StandardCharsets.UTF_8));
            for (String line = lines.readLine(); line != null && !line.isEmpty(); line = lines.readLine()) {
                event.append(line).append('\n');
            }
            return event.toString();
        }
    }

    /** Sends raw bytes, and reads until the server closes. Input that is no HTTP must get a problem document. */
    public String raw(String request) {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout(20_000);
            socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
            socket.shutdownOutput();
            String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (answer.startsWith("HTTP/1.1 4")) {
                Given given = Contract.parsed(request, answer);
                CONTRACT.checkProblem(given);
                CONTRACT.check(given).ifPresent(answers::add);
            }
            return answer;
        } catch (IOException e) {
            throw new AssertionError("no answer to " + request, e);
        }
    }
}
