package framebuffer.app.serve;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The default name of an instance: the same after a restart, and of no other instance. */
class InstanceNamesTest {
    @TempDir
    private Path folder;

    @Test
    void itIsHostPortAndARandomPartThatTheDataFolderKeeps() {
        String name = InstanceNames.byDefault(folder, 8002);
        assertThat(name).startsWith(InstanceNames.host() + "-8002-").matches(".*-[0-9a-f]{6}");
        assertThat(InstanceNames.byDefault(folder, 8002)).as("after a restart").isEqualTo(name);
        assertThat(InstanceNames.byDefault(folder.resolve("other"), 8002)).as("of another folder").isNotEqualTo(name);
    }

    @Test
    void withAnyFreePortItIsNewEachTime() {
        assertThat(InstanceNames.byDefault(folder, 0)).isNotEqualTo(InstanceNames.byDefault(folder, 0));
    }

    @Test
    void withoutAFolderThatCanBeWrittenItIsNewEachTime() throws Exception {
        Path noFolder = Files.writeString(folder.resolve("file"), "").resolve("data");
        assertThat(InstanceNames.byDefault(noFolder, 8002)).matches(".*-8002-[0-9a-f]{6}")
                .isNotEqualTo(InstanceNames.byDefault(noFolder, 8002));
    }

    @Test
    void aFileThatSomebodyDamagedIsReplaced() throws Exception {
        Path file = Files.writeString(folder.resolve("instance-suffix"), "../etc\n");
        String name = InstanceNames.byDefault(folder, 8002);
        assertThat(name).endsWith("-" + Files.readString(file).strip()).matches(".*-[0-9a-f]{6}");
    }
}
