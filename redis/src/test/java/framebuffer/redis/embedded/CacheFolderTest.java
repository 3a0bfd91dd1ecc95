package framebuffer.redis.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CacheFolderTest {
    @TempDir
    private Path folder;

    @Test
    void itIsTheUsersFolderForCaches() {
        String home = folder.resolve("home").toString();
        assertThat(CacheFolder.find(null, Map.of("HOME", home)).path())
                .isEqualTo(folder.resolve("home/.cache/frame-buffer")).isDirectory();
        assertThat(CacheFolder.find(null, Map.of("HOME", home, "XDG_CACHE_HOME", folder + "/xdg")).path())
                .isEqualTo(folder.resolve("xdg/frame-buffer"));
        assertThat(CacheFolder.find(folder.resolve("named"), Map.of("HOME", home)).path())
                .isEqualTo(folder.resolve("named"));
    }

    @Test
    void whereThatCannotBeWrittenItIsInTheFolderForTemporaryFiles() throws IOException {
        Path file = Files.writeString(folder.resolve("file"), "");
        assertThat(CacheFolder.find(null, Map.of("HOME", file.toString())).path().getParent())
                .isEqualTo(Path.of(System.getProperty("java.io.tmpdir")));
    }

    @Test
    void oneThatIsNamedAndCannotBeWrittenIsSaidInOneLine() throws IOException {
        Path named = Files.writeString(folder.resolve("file"), "").resolve("cache");
        assertThatThrownBy(() -> CacheFolder.find(named, Map.of())).isInstanceOf(IllegalStateException.class)
                .hasMessageContainingAll(named.toString(), "cannot be written", "--cache-dir")
                .hasMessageNotContaining("\n");
    }

    @Test
    void nothingIsLeftInItButWhatIsUnpackedWhichIsDoneOnce() throws IOException {
        CacheFolder cache = CacheFolder.find(folder.resolve("cache"), Map.of());
        Path server = cache.redisServer();
        assertThat(server).isExecutable();
        assertThat(Files.getLastModifiedTime(server))
                .isEqualTo(Files.getLastModifiedTime(CacheFolder.find(cache.path(), Map.of()).redisServer()));
        try (var files = Files.list(cache.path())) {
            assertThat(files).containsExactly(server);
        }
    }

    @Test
    void aServerThatWasUnpackedByHalfIsUnpackedAgain() throws IOException {
        CacheFolder cache = CacheFolder.find(folder.resolve("cache"), Map.of());
        long size = Files.size(cache.redisServer());
        Files.writeString(cache.redisServer(), "half");
        assertThat(Files.size(cache.redisServer())).isEqualTo(size);
    }

    @Test
    void oneFromWhichNothingMayBeRunIsSaidInOneLine() throws IOException, InterruptedException {
        Path mounted = Files.createDirectories(folder.resolve("mounted"));
        boolean done = new ProcessBuilder("mount", "-t", "tmpfs", "-o", "noexec", "tmpfs", mounted.toString()).start()
                .waitFor() == 0;
        if (System.getenv("CI") == null) {
            assumeTrue(done, "this user may not mount");
        }
        assertThat(done).as("mounted").isTrue();
        try {
            assertThatThrownBy(() -> CacheFolder.find(mounted, Map.of())).isInstanceOf(IllegalStateException.class)
                    .hasMessageContainingAll(mounted.toString(), "noexec", "--cache-dir");
        } finally {
            assertThat(new ProcessBuilder(List.of("umount", mounted.toString())).start().waitFor()).isZero();
        }
    }
}
