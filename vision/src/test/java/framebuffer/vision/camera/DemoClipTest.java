package framebuffer.vision.camera;

import static org.assertj.core.api.Assertions.assertThat;

import framebuffer.redis.embedded.CacheFolder;
import java.io.IOException;
import java.nio.file.Files;
import org.junit.jupiter.api.Test;

class DemoClipTest {
    /** A killed process cannot delete its temporary files, so there are none. */
    @Test
    void itIsUnpackedOnceForAllProcessesAndNotIntoTheFolderForTemporaryFiles() throws IOException {
        assertThat(DemoClip.path()).hasParent(CacheFolder.ofEnvironment().path())
                .hasFileName("pedestrians-" + Files.size(DemoClip.path()) + ".mp4");
    }
}
