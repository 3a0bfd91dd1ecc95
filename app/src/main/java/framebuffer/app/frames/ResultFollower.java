package framebuffer.app.frames;

import com.fasterxml.jackson.databind.JsonNode;
import framebuffer.app.query.ServiceClient;
import framebuffer.app.terminal.CannotRun;
import framebuffer.wire.text.Json;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Follows the results of a service by {@code GET /results/events}. After the service was away it continues behind the last result, so that
 * none is left out and none comes twice.
 */
final class ResultFollower {
    private static final Logger log = LoggerFactory.getLogger(ResultFollower.class);
    private static final Duration PAUSE = Duration.ofSeconds(1);
    private static final String ID = "id: ";
    private static final String EVENT = "event: ";
    private static final String DATA = "data: ";

    private final ServiceClient client;
    private final String path;
    private final Consumer<String> trouble;
    /** The first connection; null: it has been used. */
    private @Nullable BufferedReader first;
    /** The id of the last event; the service sends one at the beginning. */
    private @Nullable String last;
    private @Nullable String said;

    /**
     * Begins to listen.
     *
     * @param path with the parameters of the request
     * @param trouble receives in one line why no results come, once for each reason
     * @throws CannotRun when the service does not answer, or refuses
     */
    ResultFollower(ServiceClient client, String path, Consumer<String> trouble) {
        this.client = client;
        this.path = path;
        this.trouble = trouble;
        try {
            BufferedReader opened = connect(null);
            this.first = opened;
            this.last = id(opened.readLine());
        } catch (IOException e) {
            throw client.silent(e);
        }
    }

    private BufferedReader connect(@Nullable String after) throws IOException {
        return new BufferedReader(new InputStreamReader(client.listen(path, after), StandardCharsets.UTF_8));
    }

    private static @Nullable String id(@Nullable String line) {
        return line != null && line.startsWith(ID) ? line.substring(ID.length()) : null;
    }

    /** Follows on a thread of its own. The future fails with {@link CannotRun} when the service refuses. */
    CompletableFuture<Void> start(Consumer<JsonNode> result) {
        CompletableFuture<Void> refused = new CompletableFuture<>();
        Thread.ofVirtual().name("results").start(() -> {
            try {
                while (true) {
                    follow(result);
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            } catch (RuntimeException e) {
                refused.completeExceptionally(e);
            }
        });
        return refused;
    }

    /** Reads until the connection ends, and waits before the next one. */
    private void follow(Consumer<JsonNode> result) throws InterruptedException {
        try (BufferedReader reading = first == null ? connect(last) : first) {
            first = null;
            read(reading, result);
        } catch (IOException e) {
            log.debug("the connection to the service is broken", e);
        }
        say("the service does not answer; trying again");
        Thread.sleep(PAUSE);
    }

    private void read(BufferedReader reading, Consumer<JsonNode> result) throws IOException {
        String id = null;
        String name = "";
        String data = "";
        for (String line = reading.readLine(); line != null; line = reading.readLine()) {
            if (line.startsWith(ID)) {
                id = line.substring(ID.length());
            } else if (line.startsWith(EVENT)) {
                name = line.substring(EVENT.length());
            } else if (line.startsWith(DATA)) {
                data = line.substring(DATA.length());
            } else if (line.isEmpty()) {
                received(name, data, result);
                last = id == null ? last : id;
                name = "";
                data = "";
            }
        }
    }

    private void received(String name, String data, Consumer<JsonNode> result) {
        JsonNode json = Json.value(data.getBytes(StandardCharsets.UTF_8));
        if (json != null && name.equals("result")) {
            said = null;
            result.accept(json);
        } else if (json != null && name.equals("trouble")) {
            say(json.path("detail").asText().replaceAll("\\p{Cntrl}", "?"));
        }
    }

    private void say(String why) {
        if (!why.equals(said)) {
            said = why;
            trouble.accept(why);
        }
    }
}
