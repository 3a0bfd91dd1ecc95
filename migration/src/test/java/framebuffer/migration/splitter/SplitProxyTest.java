package framebuffer.migration.splitter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import framebuffer.migration.splitter.SplitProxy.ProxySettings;
import framebuffer.testkit.Commands;
import framebuffer.wire.Secret;
import framebuffer.wire.tls.TlsFiles;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SplitProxyTest {
    private static final Duration TIMEOUT = Duration.ofSeconds(20);

    private final HttpClient client = HttpClient.newHttpClient();
    private SplitShare share;
    private RecordedSide old;
    private RecordedSide next;
    private SplitProxy proxy;

    @BeforeEach
    void start() throws IOException {
        share = SplitShare.of(0);
        old = new RecordedSide("old");
        next = new RecordedSide("new");
        proxy = started(TIMEOUT);
    }

    private SplitProxy started(Duration timeout) throws IOException {
        return SplitProxy.start(new ProxySettings(old.url(), next.url(), timeout, "127.0.0.1", 0), share);
    }

    @AfterEach
    void stop() {
        proxy.close();
        old.close();
        next.close();
        client.close();
    }

    private HttpResponse<String> call(String method, String path, String body, String... headers) {
        HttpRequest.Builder request = HttpRequest
                .newBuilder(URI.create("http://127.0.0.1:" + proxy.port() + path))
                .method(method, BodyPublishers.ofString(body));
        if (headers.length > 0) {
            request.headers(headers);
        }
        try {
            return client.send(request.build(), BodyHandlers.ofString());
        } catch (IOException e) {
            throw new AssertionError(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    private HttpResponse<String> get(String path, String... headers) {
        return call("GET", path, "", headers);
    }

    private JsonNode status() {
        return Commands.get("http://127.0.0.1:" + proxy.port() + "/split-proxy/status");
    }

    private int count(String... path) {
        JsonNode node = status();
        for (String name : path) {
            node = node.path(name);
        }
        return node.asInt(-1);
    }

    private void share(int percent) {
        assertThat(call("PUT", "/split-proxy/share", "{\"share\": " + percent + "}").body())
                .isEqualTo("{\"share\":" + percent + "}");
    }

    @Test
    void requestsAreDividedByTheShareWhichChangesWhileItRuns() {
        for (int percent : new int[]{0, 10, 50, 90, 100}) {
            share(percent);
            old.seen.clear();
            next.seen.clear();
            for (int i = 0; i < 100; i++) {
                get("/frames/dequeue?count=5");
            }
            assertThat(next.seen).hasSize(percent);
            assertThat(old.seen).hasSize(100 - percent);
        }
        assertThat(count("new", "answered")).isEqualTo(250);
        assertThat(count("old", "answered")).isEqualTo(250);
        assertThat(count("fallbacks")).isZero();
    }

    @Test
    void aRequestArrivesAsItWasSentButForTheConnection() {
        call("POST", "/frames/enqueue?a=%C3%A4&b=1", "{\"frame_id\":\"ä\"}", "X-Own", "1", "Cookie", "a=b", "TE",
                "trailers", "X-Forwarded-For", "10.0.0.9");
        RecordedSide.Seen seen = old.seen.getFirst();
        assertThat(seen.line()).isEqualTo("POST /frames/enqueue?a=%C3%A4&b=1");
        assertThat(seen.body()).isEqualTo("{\"frame_id\":\"ä\"}");
        assertThat(seen.header("X-own")).containsExactly("1");
        assertThat(seen.header("Cookie")).containsExactly("a=b");
        assertThat(seen.header("X-forwarded-for")).containsExactly("10.0.0.9, 127.0.0.1");
        assertThat(seen.headers()).doesNotContainKeys("Te");
    }

    @Test
    void anAnswerArrivesAsItWasGiven() {
        old.status = 404;
        old.sends = Map.of("Set-Cookie", "a=b", "X-Own", "1", "Keep-Alive", "timeout=1");
        HttpResponse<String> answer = get("/nothing");
        assertThat(answer.statusCode()).isEqualTo(404);
        assertThat(answer.body()).isEqualTo("old");
        assertThat(answer.headers().allValues("X-Own")).containsExactly("1");
        assertThat(answer.headers().allValues("Set-Cookie")).containsExactly("a=b");
        assertThat(answer.headers().map()).doesNotContainKeys("Keep-Alive", "keep-alive");
        assertThat(call("HEAD", "/nothing", "").body()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"GET", "POST"})
    void theOldSideAnswersEverythingWhileTheNewOneIsDead(String method) {
        share(100);
        next.close();
        assertThat(call(method, "/frames/x", "").body()).isEqualTo("old");
        assertThat(old.seen).hasSize(1);
        assertThat(count("fallbacks")).isEqualTo(1);
        assertThat(count("new", "answered")).isZero();
    }

    @ParameterizedTest
    @CsvSource({"500, old", "503, old", "404, new", "302, new"})
    void theOldSideAnswersAPollThatTheNewOneAnswersWithAFault(int status, String by) {
        share(100);
        next.status = status;
        assertThat(get("/frames/dequeue").body()).isEqualTo(by);
        assertThat(next.seen).hasSize(1);
        assertThat(count("fallbacks")).isEqualTo(by.equals("old") ? 1 : 0);
    }

    @ParameterizedTest
    @ValueSource(ints = {401, 403, 421, 429})
    void theOldSideAnswersEverythingThatTheNewOneDoesNotLetIn(int status) {
        share(100);
        next.status = status;
        assertThat(call("POST", "/frames/enqueue", "{}").body()).isEqualTo("old");
        assertThat(count("fallbacks")).isEqualTo(1);
    }

    @Test
    void clientsWithoutATokenGetThatOfTheProxyForWhatTheOlderServiceHas() throws IOException {
        proxy.close();
        proxy = SplitProxy.start(new ProxySettings(old.url(), next.url(), TIMEOUT, new Secret("t"), TlsFiles.NONE,
                "127.0.0.1", 0), share);
        share(100);
        get("/frames/dequeue");
        get("/frames/dequeue", "Authorization", "Bearer own");
        get("/processors");
        assertThat(next.seen).extracting(seen -> seen.header("Authorization")).containsExactly(List.of("Bearer t"),
                List.of("Bearer own"), List.of());
        share(0);
        get("/frames/dequeue");
        assertThat(old.seen.getFirst().header("Authorization")).isEmpty();
    }

    @Test
    void theOldSideAnswersAPollThatTheNewOneDoesNotAnswerInTime() throws IOException {
        proxy.close();
        proxy = started(Duration.ofMillis(300));
        share(100);
        next.silent = true;
        assertThat(get("/frames/dequeue").body()).isEqualTo("old");
        assertThat(next.seen).hasSize(1);
        assertThat(count("fallbacks")).isEqualTo(1);
    }

    @Test
    void aFrameThatWasSentToTheNewSideIsNotSentToTheOldOneToo() throws IOException {
        share(100);
        next.status = 503;
        HttpResponse<String> answer = call("POST", "/frames/enqueue", "{}");
        assertThat(answer.statusCode()).isEqualTo(502);
        assertThat(answer.body()).contains("503");
        proxy.close();
        proxy = started(Duration.ofMillis(300));
        next.silent = true;
        assertThat(call("POST", "/frames/enqueue", "{}").statusCode()).isEqualTo(502);
        assertThat(next.seen).hasSize(2);
        assertThat(old.seen).isEmpty();
        assertThat(count("unanswered")).isEqualTo(1);
        assertThat(count("fallbacks")).isZero();
    }

    @Test
    void aPollerThatIsToldATokenAcknowledgesWhereItGotItsFrames() {
        share(100);
        next.sends = Map.of("Set-Cookie", "ack=1; Path=/");
        get("/frames/dequeue");
        share(0);
        next.sends = Map.of();
        assertThat(get("/frames/dequeue", "X-Ack-Token", "t").body()).isEqualTo("new");
        assertThat(get("/frames/dequeue", "Cookie", "ack=2").body()).as("unknown").isEqualTo("old");
        assertThat(get("/frames/dequeue", "Cookie", "x=y; ack=1").body()).isEqualTo("new");
        assertThat(get("/frames/dequeue", "Cookie", "x=y; ack=1").body()).as("acknowledged").isEqualTo("old");
        assertThat(count("acknowledging")).isEqualTo(2);
    }

    @ParameterizedTest
    @CsvSource({"X-Forwarded-For, 127.0.0.1", "Forwarded, for=1.2.3.4", "Origin, http://localhost:1",
            "Sec-Fetch-Site, cross-site"})
    void onlyAProgramOnThisMachineChangesTheShare(String header, String value) {
        assertThat(call("PUT", "/split-proxy/share", "{\"share\": 50}", header, value).statusCode()).isEqualTo(403);
        assertThat(share.percent()).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "no", "{}", "-1", "101", "1.5", "{\"share\": \"10\"}"})
    void aShareIsAWholeNumberOfPercent(String body) {
        assertThat(call("POST", "/split-proxy/share", body).statusCode()).isEqualTo(422);
        assertThat(get("/split-proxy/share").body()).isEqualTo("{\"share\":0}");
    }

    @Test
    void withoutAnySideTheClientIsTold() {
        old.close();
        assertThat(get("/frames/dequeue").statusCode()).isEqualTo(502);
        assertThat(count("unanswered")).isEqualTo(1);
    }

    @Test
    void onlyAddressesOfServicesAreTaken() {
        for (String wrong : List.of("ftp://host", "http://u:p@host", "http://host?x=1", "host", "http://host#x")) {
            assertThatThrownBy(() -> new ProxySettings(URI.create(wrong), old.url(), TIMEOUT, "127.0.0.1", 0))
                    .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("old service");
        }
        assertThatThrownBy(() -> new ProxySettings(old.url(), next.url(), TIMEOUT, new Secret("a\nb"), TlsFiles.NONE,
                "127.0.0.1", 0)).isInstanceOf(IllegalArgumentException.class).hasMessageContaining("visible");
        URI itself = URI.create("http://localhost:8004");
        assertThatThrownBy(() -> new ProxySettings(old.url(), itself, TIMEOUT, "127.0.0.1", 8004))
                .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("itself");
    }
}
