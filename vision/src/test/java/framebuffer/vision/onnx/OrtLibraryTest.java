package framebuffer.vision.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OrtLibraryTest {
    @Test
    void onlyEmptyFoldersThatAKilledProcessLeftAreRemoved(@TempDir Path temporary) throws IOException {
        Path empty = Files.createDirectory(temporary.resolve("onnxruntime-java1"));
        Path full = Files.createDirectory(temporary.resolve("onnxruntime-java2"));
        Files.createFile(full.resolve("library"));
        Path other = Files.createDirectory(temporary.resolve("other"));
        OrtLibrary.removeLeftBehind(temporary, Instant.now());
        assertThat(empty).as("it is younger than a minute").exists();
        OrtLibrary.removeLeftBehind(temporary, Instant.now().plus(Duration.ofMinutes(2)));
        assertThat(empty).doesNotExist();
        assertThat(full).exists();
        assertThat(other).exists();
    }

    /** Later versions report the use of each model to their maker; on a long command line this ends the process (ADR 23). */
    @Test
    void theLibraryKnowsNoWayToTheNetwork() throws IOException {
        OrtLibrary.load();
        byte[] library = Files.readAllBytes(Path.of(System.getProperty("onnxruntime.native.onnxruntime.path", "")));
        assertThat(new String(library, StandardCharsets.ISO_8859_1)).doesNotContain("getaddrinfo")
                .doesNotContain("OneCollector");
    }
}
