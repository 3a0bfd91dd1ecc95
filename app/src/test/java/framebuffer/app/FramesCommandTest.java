package framebuffer.app;

import static org.assertj.core.api.Assertions.assertThat;

import framebuffer.testkit.CommandOutput;
import java.io.IOException;
import org.junit.jupiter.api.Test;

/** The requests and the output of {@code frames} for each documented response. */
class FramesCommandTest {
    private static final String ROW = "{\"frame_id\":\"yard-17\",\"camera_id\":\"yard\\u001b[2J\","
            + "\"capability\":\"face\",\"state\":\"shed\",\"reason\":\"expired\",\"detail\":\"too old\","
            + "\"processor_id\":null,\"at\":\"2026-01-01T00:00:00.000000Z\",\"capture_id\":\"17-0\"}";

    private static String page(String rows, String next) {
        return "{\"frames\":[" + rows + "],\"next\":" + next + ",\"retention_seconds\":600}";
    }

    @Test
    void theyAreListedInColumnsWithTheReason() throws IOException {
        try (AnsweringServer service = new AnsweringServer(200, page(ROW, "null"))) {
            CommandOutput said = service.asked("frames --camera yard/1 --state shed").isFine();
            assertThat(service.asked).isEqualTo("GET /frames?limit=100&camera=yard%2F1&state=shed");
            assertThat(said.out()).containsSubsequence("TIME", "CAMERA", "REASON", "2026-01-01T00:00:00", "yard?[2J",
                    "yard-17", "face", "shed", "-", "expired", "too old").doesNotContain("more");
        }
    }

    @Test
    void itAsksAgainUntilThereAreEnough() throws IOException {
        try (AnsweringServer service = new AnsweringServer(200, page(ROW, "\"9-0.5\""))) {
            CommandOutput said = service.asked("frames --limit 2 --reason expired --from 2026-01-01").isFine();
            assertThat(service.asked).isEqualTo("GET /frames?limit=1&reason=expired&from=2026-01-01&cursor=9-0.5");
            assertThat(said.out().lines().filter(line -> line.contains("yard-17"))).hasSize(2);
            assertThat(said.out()).contains("There are more");
        }
    }

    @Test
    void asJsonTheyAreAsTheServiceSendsThem() throws IOException {
        try (AnsweringServer service = new AnsweringServer(200, page(ROW, "null"))) {
            assertThat(service.asked("frames --json").isFine().out().strip())
                    .isEqualToIgnoringCase(page(ROW, "null"));
        }
    }

    @Test
    void thatThereAreNoneIsSaid() throws IOException {
        try (AnsweringServer service = new AnsweringServer(200, page("", "null"))) {
            assertThat(service.asked("frames --processor face-1 --to 2026-01-01 --capability face").isFine().out())
                    .contains("no such frames", "600 s");
        }
    }

    @Test
    void aFilterThatTheServiceRefusesIsNamedAndTheExitCodeIs2() throws IOException {
        try (AnsweringServer service = new AnsweringServer(422, "{\"detail\": \"state: must be done\"}")) {
            service.asked("frames --state odd").isOneLineWith("answers 422: state: must be done");
        }
    }
}
