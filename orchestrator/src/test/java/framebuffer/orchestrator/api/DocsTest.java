package framebuffer.orchestrator.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import framebuffer.orchestrator.api.contract.CheckedClient.Answer;
import framebuffer.orchestrator.api.contract.Contract;
import framebuffer.orchestrator.api.http.Route;
import framebuffer.redis.embedded.EmbeddedRedis;
import framebuffer.wire.frame.DeadLetter.DeadLetterReason;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DocsTest {
    private static final Contract CONTRACT = new Contract();

    @TempDir
    static Path folder;
    private static EmbeddedRedis server;
    private static Service service;

    @BeforeAll
    static void start() {
        server = EmbeddedRedis.start(folder);
        service = new Service(server.address());
    }

    @AfterAll
    static void stop() {
        service.close();
        server.close();
    }

    @Test
    void everyRouteIsDocumentedAndEveryDocumentedPathIsARoute() {
        assertThat(routes()).extracting(route -> route.method() + " " + route.path())
                .containsExactlyInAnyOrderElementsOf(
                        CONTRACT.operations().stream().map(Contract.Operation::name).toList());
    }

    @Test
    void noAnswerMayBeFramedOrRunWhatItDoesNotName() {
        for (String path : List.of("/", "/docs", "/openapi.json", "/processors", "/nothing", "/metrics",
                "/runbooks/circuit-open.md", "/page/main.js")) {
            Answer answer = service.get(path, "Accept", "text/html");
            assertThat(answer.header("Content-Security-Policy")).as(path).contains("default-src 'none'",
                    "frame-ancestors 'none'");
        }
        assertThat(service.get("/metrics").header("X-Content-Type-Options")).isEqualTo("nosniff");
    }

    @Test
    void whatIsOpenIsDocumentedAsOpen() {
        assertThat(routes()).filteredOn(Route::open)
                .extracting(Route::path)
                .containsExactlyInAnyOrderElementsOf(CONTRACT.operations().stream()
                        .filter(Contract.Operation::open).map(Contract.Operation::path).toList());
    }

    @Test
    void everyReasonOfADeadLetterIsDocumented() {
        assertThat(CONTRACT.document().at("/components/schemas/DeadReason/enum")).extracting(JsonNode::asText)
                .containsExactlyElementsOf(
                        Arrays.stream(DeadLetterReason.values()).map(DeadLetterReason::word).toList());
    }

    @Test
    void theYamlIsTheSourceAndTheJsonIsTheSame() {
        assertThat(service.get("/openapi.yaml").text()).startsWith("openapi: 3.1.0\n");
        Answer json = service.get("/api/v1/openapi.json");
        assertThat(json.json().path("paths").size()).isEqualTo(CONTRACT.document().path("paths").size());
        assertThat(json.json().path("servers")).extracting(place -> place.path("url").asText())
                .containsExactly("/", "/api/v1");
        assertThat(json.json().at("/paths/~1processors~1search/get/responses/200/description").asText())
                .as("aliases are gone").isNotEmpty();
    }

    @Test
    void thePageShowsEveryOperationStatusAndSchema() {
        Answer page = service.get("/docs");
        assertThat(page.header("Content-Type")).isEqualTo("text/html; charset=utf-8");
        assertThat(CONTRACT.operations()).allSatisfy(operation -> {
            String id = operation.said().path("operationId").asText();
            String from = page.text().substring(page.text().indexOf("<section id=\"" + id + "\">"));
            String section = from.substring(0, from.indexOf("</section>"));
            assertThat(section).contains("<code>" + operation.path() + "</code>");
            operation.said().path("responses").fieldNames()
                    .forEachRemaining(status -> assertThat(section).contains("<b>" + status + "</b>"));
        });
        CONTRACT.document().path("components").path("schemas").fieldNames().forEachRemaining(
                name -> assertThat(page.text()).contains("<section id=\"schema-" + name + "\">"));
    }

    @Test
    void everyLinkWithinThePageLeadsSomewhere() {
        String page = service.get("/docs").text();
        List<String> ids = Pattern.compile(" id=\"([^\"]+)\"").matcher(page).results().map(found -> found.group(1))
                .toList();
        assertThat(ids).doesNotHaveDuplicates();
        assertThat(ids).containsAll(Pattern.compile("href=\"#([^\"]+)\"").matcher(page).results()
                .map(found -> found.group(1)).toList());
    }

    @Test
    void thePageLoadsNothingFromElsewhereAndFitsAPhoneAndTheDark() {
        String page = service.get("/docs").text();
        assertThat(page).doesNotContain("<script", "<link", "<img", "@import", "url(").doesNotContainPattern(
                "(src|href)=\"(https?:)?//");
        assertThat(page).contains("width=device-width", "prefers-color-scheme: dark", "default-src 'none'");
        List<String> unclosed = List.of("table", "section", "div", "ul", "p", "code", "pre", "td", "tr", "nav");
        assertThat(unclosed).allSatisfy(tag -> assertThat(count(page, "<" + tag + "[ >]")).as(tag)
                .isEqualTo(count(page, "</" + tag + ">")).isPositive());
    }

    private static long count(String page, String pattern) {
        return Pattern.compile(pattern).matcher(page).results().map(MatchResult::group).count();
    }

    private static List<Route> routes() {
        return service.resources.stream().flatMap(resource -> resource.routes().stream()).toList();
    }
}
