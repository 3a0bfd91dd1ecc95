package framebuffer.trials;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import framebuffer.testkit.CommandOutput;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The subcommands that this module adds. */
class TrialsCommandsTest {
    @ParameterizedTest
    @CsvSource({"load, --priority-mix", "chaos, --appendfsync"})
    void everyCommandExplainsItself(String command, String word) {
        CommandOutput answer = CommandOutput.by(command, "--help", "all").isFine();
        assertThat(answer.out()).contains("Usage: frame-buffer " + command, word, "--config-file", "Example");
        assertThat(answer.out().lines()).allSatisfy(line -> assertThat(line.length()).isLessThanOrEqualTo(80));
    }

    @ParameterizedTest
    @CsvSource({"load, --priority-mix", "chaos, --python-program"})
    void theShortHelpLeavesOutWhatFewNeed(String command, String rare) {
        CommandOutput answer = CommandOutput.by(command, "--help").isFine();
        assertThat(answer.out()).contains("--duration", "Every option: frame-buffer " + command + " --help all")
                .doesNotContain(rare);
    }

    @Test
    void theHelpListsThemAfterTheCommandsOfTheService() {
        CommandOutput answer = CommandOutput.by("--help").isFine();
        assertThat(answer.out()).containsSubsequence("\n  demo ", "\n  ledger ", "\nTry it:", "\n  load ",
                "\n  chaos ", "\n  bench ");
        assertThat(answer.out().lines()).allSatisfy(line -> assertThat(line.length()).isLessThanOrEqualTo(80));
    }

    @Test
    void chaosNamesAPythonThatCannotRunItsProcessors() {
        CommandOutput.by("chaos", "--python", "1", "--python-program", "/no/python").isOneLineWith("/no/python",
                "clients/python/test");
        CommandOutput.by("chaos", "--python", "5", "--processors", "4").isOneLineWith("--python 5", "--processors 4");
    }

    @Test
    void whatItCostsToKnowTheRoomOfAQueueIsMeasuredForEachSize() throws IOException {
        JsonNode figures = new ObjectMapper().readTree(
                CommandOutput.by("bench", "room", "--entries", "4,60", "--rounds", "1", "--json").isFine().out());
        assertThat(figures).extracting(figure -> figure.path("entries").asInt()).containsExactly(4, 60);
        assertThat(figures).allSatisfy(figure -> assertThat(figure.path("micros").asDouble()).isPositive());
        assertThat(CommandOutput.by("bench", "room", "--entries", "4", "--rounds", "1").isFine().out())
                .contains("µs to know");
        assertThat(CommandOutput.by("bench").err()).contains("frame-buffer bench handoff");
    }

    @Test
    void howManyFramesASecondAreHandedOffIsMeasured() throws IOException {
        JsonNode figures = new ObjectMapper()
                .readTree(CommandOutput.by("bench", "handoff", "--frames", "1000", "--processors",
                        "3", "--rounds", "1", "--json").isFine().out());
        assertThat(figures.path("frames").asInt()).isEqualTo(1_000);
        assertThat(figures.has("ratio")).as("the router in C was not asked for").isFalse();
        for (String figure : List.of("frames_per_second", "cpu_us_per_frame", "redis_cpu_us_per_frame",
                "allocated_bytes_per_frame")) {
            assertThat(figures.path(figure).isNumber()).as(figure).isTrue();
        }
    }

    @Test
    void whatItCostsToTraceEveryFrameIsMeasured() throws IOException {
        JsonNode figures = new ObjectMapper()
                .readTree(CommandOutput.by("bench", "tracing", "--fps", "200", "--duration", "1s",
                        "--rounds", "1", "--json").isFine().out());
        assertThat(figures.path("cpu_us_per_frame_untraced").asDouble()).isPositive();
        assertThat(figures.path("cpu_us_per_frame_traced").asDouble()).isPositive();
        assertThat(figures.path("ratio").asDouble()).isPositive();
    }

    @Test
    void aFaultThatIsNotKnownIsAnsweredWithThoseThatAre() {
        CommandOutput.by("chaos", "--faults", "kill-everybody").isOneLineWith("kill-everybody", "kill-instance",
                "suspend-redis");
        CommandOutput.by("chaos", "--appendfsync", "never").isOneLineWith("never", "ALWAYS", "EVERYSEC");
    }
}
