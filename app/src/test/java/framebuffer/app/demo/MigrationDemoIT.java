package framebuffer.app.demo;

import static org.assertj.core.api.Assertions.assertThat;

import framebuffer.testkit.Commands;
import framebuffer.testkit.Commands.RunningCommand;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MigrationDemoIT {
    @TempDir
    private Path folder;

    @Test
    @Tag("long")
    void theWholeMoveIsPlayedAndProved() throws Exception {
        try (Commands commands = new Commands(folder)) {
            RunningCommand demo = commands.start("demo", "--migration", "--duration", "30s", "--cameras", "2",
                    "--port", "0", "--data-dir", "redis");
            assertThat(demo.exitCode()).as(demo.errors() + demo.output()).isZero();
            assertThat(demo.output()).contains("Step 1, shadow", "Step 2, gate", "this service handles 50 %",
                    "Step 5, end", "each reached exactly one service", "its ledger balances");
            RunningCommand again = commands.start("demo", "--migration", "--port", "0", "--data-dir", "redis");
            assertThat(again.exitCode()).isEqualTo(2);
            assertThat(again.errors()).contains("holds a migration already");
        }
    }
}
