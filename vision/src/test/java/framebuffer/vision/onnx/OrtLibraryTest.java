package framebuffer.vision.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class OrtLibraryTest {

    /** Later versions report the use of each model to their maker; on a long command line this ends the process (ADR 23). */
    @Test
    void theLibraryKnowsNoWayToTheNetwork() throws IOException {
        OrtLibrary.load();
        byte[] library = Files.readAllBytes(Path.of(System.getProperty("onnxruntime.native.onnxruntime.path", "")));
        assertThat(new String(library, StandardCharsets.ISO_8859_1)).doesNotContain("getaddrinfo")
                .doesNotContain("OneCollector");
    }
}
