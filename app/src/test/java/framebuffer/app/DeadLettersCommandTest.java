package framebuffer.app;

import static org.assertj.core.api.Assertions.assertThat;

import framebuffer.testkit.CommandOutput;
import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The requests and the output of {@code dead-letters} for each documented response. */
class DeadLettersCommandTest {
    private static final String LETTER = "{\"id\": \"17-0\", \"frame_id\": \"f\", \"camera_id\": \"yard\\u001b[2J\", "
            + "\"reason\": \"rejected\", \"detail\": \"no picture\", \"attempt\": 2, \"dead_at\": \"2026-01-01T00:00:00.000000Z\"";

    @ParameterizedTest
    @ValueSource(strings = {"dead-letters", "dead-letters list"})
    void theyAreListedInColumns(String command) throws IOException {
        try (AnsweringServer service = new AnsweringServer(200, "[" + LETTER + "}]")) {
            CommandOutput said = service.asked(command + " --reason rejected --limit 1").isFine();
            assertThat(service.asked).isEqualTo("GET /frames/dead-letters?limit=1&reason=rejected");
            assertThat(said.out()).containsSubsequence("ID", "DEAD AT", "REASON", "17-0", "rejected", "yard?[2J",
                    "no picture", "--after 17-0");
        }
        try (AnsweringServer service = new AnsweringServer(200, "[]")) {
            assertThat(service.asked(command + " --after 17-0").isFine().out()).contains("no dead letters");
            assertThat(service.asked).isEqualTo("GET /frames/dead-letters?limit=100&after=17-0");
            assertThat(service.asked(command + " --json").isFine().out().strip()).isEqualTo("[]");
        }
    }

    @Test
    void oneIsShownWithItsHistoryAndItsFields() throws IOException {
        String whole = LETTER + ", \"source\": \"frames:returned 1-0\", \"history\": [{\"reason\": \"no_processor\", "
                + "\"detail\": \"nobody\", \"attempt\": 0, \"dead_at\": \"2025-01-01T00:00:00.000000Z\"}], \"fields\": ["
                + "{\"name\": \"data\", \"bytes\": 9000, \"value\": null}]}";
        try (AnsweringServer service = new AnsweringServer(200, whole)) {
            assertThat(service.asked("dead-letters show 17-0").isFine().out()).containsSubsequence("17-0", "rejected",
                    "frames:returned 1-0", "BEFORE", "2025-01-01", "nobody", "data", "9000", "(not shown)");
            assertThat(service.asked).isEqualTo("GET /frames/dead-letters/17-0");
        }
    }

    @Test
    void theyAreHandedOffAgain() throws IOException {
        try (AnsweringServer service = new AnsweringServer(200, "{\"requeued\": 2, \"missing\": [\"3-0\"]}")) {
            CommandOutput said = service.asked("dead-letters requeue 1-0 2-0 3-0");
            assertThat(said.code()).isOne();
            assertThat(said.out()).contains("2 requeued");
            assertThat(said.err()).contains("3-0 not found");
            assertThat(service.asked).isEqualTo("POST /frames/dead-letters/requeue");
            assertThat(service.body).isEqualTo("{\"ids\":[\"1-0\",\"2-0\",\"3-0\"]}");
        }
        try (AnsweringServer service = new AnsweringServer(200, "{\"requeued\": 7, \"missing\": [], \"next\": null}")) {
            assertThat(service.asked("dead-letters requeue --reason rejected").isFine().out()).contains("7 requeued");
            assertThat(service.body).isEqualTo("{\"reason\":\"rejected\"}");
            service.asked("dead-letters requeue --all").isFine();
            assertThat(service.body).isEqualTo("{\"all\":true}");
        }
    }

    @Test
    void theyAreRemoved() throws IOException {
        try (AnsweringServer service = new AnsweringServer(200, "{}")) {
            assertThat(service.asked("dead-letters delete 1-0 2-0").isFine().out()).contains("2 deleted");
            assertThat(service.asked).isEqualTo("DELETE /frames/dead-letters/2-0");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"show 1-0", "delete 1-0"})
    void oneThatIsNotThereIsSaidAndTheExitCodeIs1(String command) throws IOException {
        try (AnsweringServer service = new AnsweringServer(404, "{\"detail\": \"Dead letter 1-0 not found\"}")) {
            CommandOutput said = service.asked("dead-letters " + command);
            assertThat(said.code()).isOne();
            assertThat(said.err()).contains("Dead letter 1-0 not found");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"requeue", "requeue 1-0 --all", "requeue --all --reason rejected", "show", "delete",
            "list --limit 0"})
    void whatMakesNoSenseIsRefused(String command) {
        assertThat(CommandOutput.by(("dead-letters " + command).split(" ")).code()).isEqualTo(2);
    }

    @Test
    void aServiceThatIsNotThereIsSaidInOneLine() {
        CommandOutput.by("dead-letters", "--orchestrator-url", "http://127.0.0.1:1")
                .isOneLineWith("http://127.0.0.1:1");
    }
}
