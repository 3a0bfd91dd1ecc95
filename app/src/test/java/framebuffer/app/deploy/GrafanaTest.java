package framebuffer.app.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import framebuffer.client.Answer;
import framebuffer.client.Processor;
import framebuffer.orchestrator.Orchestrator;
import framebuffer.redis.RedisConnection;
import framebuffer.redis.embedded.EmbeddedRedis;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs every query of the dashboard on a real Prometheus that scrapes a service under traffic. */
class GrafanaTest {
    private static final Path DASHBOARD = Path.of("../deploy/grafana/dashboards/frame-buffer.json");

    @BeforeAll
    static void prometheusIsThere() {
        Scraper.assumeThere();
    }

    /** Each query by title and letter, as Grafana sends it with all variables set to "all". */
    private static Map<String, String> queries() throws IOException {
        Map<String, String> queries = new TreeMap<>();
        for (JsonNode panel : new ObjectMapper().readTree(DASHBOARD.toFile()).path("panels")) {
            for (JsonNode target : panel.path("targets")) {
                queries.put(panel.path("title").asText() + " " + target.path("refId").asText(),
                        target.path("expr").asText().replace("$__rate_interval", "10s").replaceAll(
                                "\\$(camera|processor)",
                                ".*"));
            }
        }
        return queries;
    }

    @Test
    void eachPanelSaysWhatItShows() throws IOException {
        assertThat(new ObjectMapper().readTree(DASHBOARD.toFile()).path("panels"))
                .filteredOn(panel -> !panel.path("type").asText().equals("row"))
                .allSatisfy(panel -> assertThat(panel.path("description").asText()).isNotBlank());
    }

    @Test
    void eachQueryIsAnsweredUnderTraffic(@TempDir Path folder) throws Exception {
        try (EmbeddedRedis server = EmbeddedRedis.start(folder.resolve("redis"));
                RedisConnection redis = RedisConnection.open(server.address());
                Orchestrator service = PrometheusTest.service(server);
                Processor _ = Processor.builder("face-1").capabilities("face").capacity(8)
                        .orchestrator("http://127.0.0.1:" + service.port()).redis(server.address())
                        .handler(_ -> Answer.processed("{}")).start();
                Scraper prometheus = new Scraper(folder, service.port())) {
            for (Map.Entry<String, String> query : queries().entrySet()) {
                assertThat(query.getValue()).as(query.getKey()).doesNotContain("$");
                redis.call("XADD", "frames:capture", "*", "frame_id", "f", "camera_id", "yard", "detection_type",
                        "face");
                prometheus.until(query.getValue(), _ -> true);
            }
        }
    }
}
