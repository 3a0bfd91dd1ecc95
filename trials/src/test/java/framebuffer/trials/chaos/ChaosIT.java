package framebuffer.trials.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import framebuffer.testkit.Commands;
import framebuffer.testkit.Commands.RunningCommand;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A short chaos run; long runs happen elsewhere. */
class ChaosIT {
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    private Path folder;

    @Test
    void whateverIsKilledSuspendedOrCutOffEveryFrameEndsAsItMust() throws Exception {
        try (Commands commands = new Commands(folder)) {
            RunningCommand chaos = commands.start("chaos", "--duration", "20s", "--fps", "200", "--instances", "2",
                    "--processors", "3", "--json");
            assertThat(chaos.exitCode()).as(chaos.output() + chaos.errors()).isZero();
            JsonNode summary = JSON.readTree(chaos.output());
            assertThat(summary.path("passed").asBoolean()).isTrue();
            assertThat(summary.path("frames").path("stored").asInt()).isGreaterThan(2_000);
            assertThat(summary.path("faults").size()).isGreaterThan(10);
            assertThat(summary.path("again").asText()).contains("--seed " + summary.path("seed").asText());
        }
    }

    @Test
    void whoIsStoppedLeavesNobodyBehind() throws Exception {
        try (Commands commands = new Commands(folder)) {
            RunningCommand chaos = commands.start("chaos", "--faults", "none", "--instances", "1", "--processors", "1",
                    "--fps", "10").says("frames stored");
            List<ProcessHandle> children = chaos.process().descendants().toList();
            assertThat(children).hasSizeGreaterThanOrEqualTo(3);
            chaos.process().destroy();
            assertThat(chaos.exitCode()).isEqualTo(2);
            assertThat(chaos.errors()).contains("nothing was checked");
            for (ProcessHandle child : children) {
                child.onExit().get(60, TimeUnit.SECONDS);
            }
        }
    }
}
