package framebuffer.app;

import static org.assertj.core.api.Assertions.assertThat;

import framebuffer.testkit.CommandOutput;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** The output of {@code acl}. */
class AclCommandTest {
    private static final Path PAGE = Path.of("../docs/redis-rights.md");

    @Test
    void thePageShowsWhatTheCommandPrints() throws IOException {
        String said = CommandOutput.by("acl").isFine().out();
        assertThat(Files.readString(PAGE)).as("replace the block in docs/redis-rights.md by:%n%s", said)
                .contains("```\n" + said + "```\n");
    }

    @Test
    void keysHaveThePrefixAndThatOfAnyPartition() {
        assertThat(CommandOutput.by("acl", "--role", "client", "--processor", "car-1", "--key-prefix", "a*b:",
                "--partitions", "3").isFine().out()).startsWith("ACL SETUSER client-car-1 reset on >PASSWORD ")
                .contains("~a\\*b:{p*}frames:ready:car-1)", "%W~a\\*b:{p*}frames:returned").doesNotContain("PREFIX")
                .hasLineCount(1);
    }

    @Test
    void itPrintsLinesOfAnAclFileToo() {
        assertThat(CommandOutput.by("acl", "--acl-file").isFine().out().lines()).hasSize(5)
                .allMatch(line -> line.startsWith("user "));
    }

    @Test
    void aRoleThatDoesNotExistIsAnsweredWithThoseThatDo() {
        CommandOutput.by("acl", "--role", "admin").isOneLineWith("producer, processor, client, instance, reader");
        CommandOutput.by("acl", "--processor", "a b").isOneLineWith("--processor", "128");
    }
}
