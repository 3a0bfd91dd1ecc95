package framebuffer.app;

import static org.assertj.core.api.Assertions.assertThat;

import framebuffer.testkit.CommandOutput;
import java.io.IOException;
import org.junit.jupiter.api.Test;

/** The requests and the output of {@code results}. */
class ResultsCommandTest {
    private static final String RESULT = """
            {"id": "17-0", "at": "2026-01-01T00:00:00.000000Z", "frame_id": "door-17", "camera_id": "door\\u001b[2J",
             "capability": "people", "processor_id": "people-1", "status": "success",
             "objects": [{"label": "person", "score": 0.914}, {"label": "cat"}], "result": {}}""";
    private static final String ERROR = RESULT.replace("success", "error").replace("door-17", "door-18");

    private static String page(String results) {
        return "{\"results\": [" + results + "], \"next\": null, \"more\": false, \"malformed\": 0}";
    }

    @Test
    void theyAreShownInColumns() throws IOException {
        try (AnsweringServer service = new AnsweringServer(200, page(RESULT + "," + ERROR))) {
            CommandOutput said = service.asked("results --camera a&b --capability people --label person --min-score 0.5"
                    + " --from 2026-01-01T00:00:00Z --to 2026-01-02T00:00:00Z --limit 7").isFine();
            assertThat(service.asked).isEqualTo("GET /results?order=newest&limit=7&camera=a%26b&capability=people"
                    + "&label=person&min_score=0.5&to=2026-01-02T00%3A00%3A00Z&from=2026-01-01T00%3A00%3A00Z");
            assertThat(said.out()).containsSubsequence("AT", "CAMERA", "FOUND", "door?[2J", "people",
                    "person 0.91, cat", "people-1", "door-17", "(error)", "door-18");
        }
    }

    @Test
    void asJsonEachIsOneLine() throws IOException {
        try (AnsweringServer service = new AnsweringServer(200, page(RESULT + "," + ERROR))) {
            assertThat(service.asked("results --json").isFine().out().lines()).hasSize(2)
                    .allMatch(line -> line.startsWith("{\"id\":\"17-0\""));
        }
    }

    @Test
    void theExitCodeSaysWhetherThereAreAny() throws IOException {
        try (AnsweringServer service = new AnsweringServer(200, page(""))) {
            CommandOutput said = service.asked("results --camera nowhere");
            assertThat(said.code()).isOne();
            assertThat(said.out()).contains("no such results");
        }
        try (AnsweringServer service = new AnsweringServer(422, "{\"detail\": \"min_score must be a number\"}")) {
            service.asked("results --min-score high").isOneLineWith("min_score must be a number");
        }
        CommandOutput.by("results", "--orchestrator-url", "http://127.0.0.1:1").isOneLineWith("no service answers");
    }
}
