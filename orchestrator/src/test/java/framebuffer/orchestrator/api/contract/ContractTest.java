package framebuffer.orchestrator.api.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import framebuffer.orchestrator.api.contract.Contract.Given;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The document is valid, and the check behind every test detects deviations. */
class ContractTest {
    private static final Contract CONTRACT = new Contract();

    @Test
    void everyReferenceLeadsSomewhere() {
        List<String> references = CONTRACT.document().findValuesAsText("$ref");
        assertThat(references).isNotEmpty().allSatisfy(
                reference -> assertThat(CONTRACT.document().at(reference.substring(1)).isMissingNode())
                        .as(reference).isFalse());
        assertThat(CONTRACT.document().path("components").properties()).filteredOn(
                kind -> !kind.getKey().equals("securitySchemes")).allSatisfy(
                        kind -> kind.getValue().fieldNames().forEachRemaining(name -> assertThat(references)
                                .contains("#/components/" + kind.getKey() + "/" + name)));
    }

    @Test
    void everyOperationHasANameOfItsOwnASummaryAndATagThatIsExplained() {
        List<String> tags = CONTRACT.document().path("tags").findValuesAsText("name");
        assertThat(CONTRACT.operations()).extracting(operation -> operation.said().path("operationId").asText())
                .doesNotContain("").doesNotHaveDuplicates();
        assertThat(CONTRACT.operations()).allSatisfy(operation -> {
            assertThat(operation.said().path("summary").asText()).isNotEmpty();
            assertThat(operation.said().path("tags").path(0).asText()).isIn(tags);
        });
    }

    /** The service reads a body before it knows whether the operation needs one. */
    @Test
    void everyOperationSaysThatItRefusesABodyThatIsTooLarge() {
        assertThat(CONTRACT.operations()).allSatisfy(operation -> assertThat(CONTRACT.answers())
                .contains(operation.name() + " 413", operation.name() + " 503"));
    }

    @Test
    void everyBodyHasAnExampleThatItsSchemaAllows() {
        List<JsonNode> contents = new ArrayList<>();
        CONTRACT.document().findParents("schema").stream()
                .filter(parent -> !parent.has("in") && !parent.has("required"))
                .forEach(contents::add);
        assertThat(contents).hasSizeGreaterThan(20).allSatisfy(content -> {
            assertThat(content.has("example")).as("%s", content).isTrue();
            assertThat(CONTRACT.faults(content.path("schema"), content.path("example"))).as("%s", content).isEmpty();
        });
    }

    @Test
    void whatIsAsDocumentedPasses() {
        assertThat(CONTRACT.check(given("GET", "/api/v1/health/live", 200, "{\"status\": \"healthy\"}")))
                .contains("GET /health/live 200");
        assertThat(CONTRACT.check(given("HEAD", "/health/live", 200, ""))).contains("GET /health/live 200");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', textBlock = """
            GET  | /health/live   | 204 | ''                         | not documented
            GET  | /health/live   | 200 | {}                         | required property
            GET  | /health/live   | 200 | {'status':'unwell'}        | constant
            GET  | /health/live   | 200 | {'status':'healthy','a':1} | additional properties
            GET  | /health/live   | 200 | nonsense                   | no JSON
            GET  | /health/live   | 400 | {'status':'healthy'}       | application/json
            GET  | /nothing       | 200 | {}                         | /nothing
            POST | /health/live   | 404 | {}                         | /health/live
            """)
    void whatIsNotIsFound(String method, String path, int status, String body, String says) {
        assertThatThrownBy(() -> CONTRACT.check(given(method, path, status, body.replace('\'', '"'))))
                .isInstanceOf(AssertionError.class).hasMessageContaining(says);
    }

    @Test
    void aMissingHeaderIsFound() {
        Given bare = new Given("GET", "/health/live", 200,
                name -> name.equals("content-type") ? "application/json" : "", "{\"status\": \"healthy\"}");
        assertThatThrownBy(() -> CONTRACT.check(bare)).isInstanceOf(AssertionError.class)
                .hasMessageContaining("X-Request-ID");
    }

    private static Given given(String method, String path, int status, String body) {
        return new Given(method, path, status,
                name -> Map.of("content-type", "application/json", "x-request-id", "r1").getOrDefault(name, ""), body);
    }
}
