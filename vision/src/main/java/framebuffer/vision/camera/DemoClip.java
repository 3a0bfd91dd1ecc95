package framebuffer.vision.camera;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/** A demo clip: 20 s from a real surveillance camera, 768×576, 10 pictures per second, people walking. */
public final class DemoClip {
    private static final String RESOURCE = "/framebuffer/vision/pedestrians.mp4";

    private DemoClip() {
    }

    /** The clip as a file, because FFmpeg reads no resources. Unpacked once; deleted when the process ends. */
    public static Path path() {
        return Unpacked.FILE;
    }

    private static final class Unpacked {
        static final Path FILE = unpack();

        private static Path unpack() {
            try (InputStream clip = DemoClip.class.getResourceAsStream(RESOURCE)) {
                if (clip == null) {
                    throw new IllegalStateException("the clip is missing from this build: " + RESOURCE);
                }
                Path file = Files.createTempFile("pedestrians-", ".mp4");
                file.toFile().deleteOnExit();
                Files.copy(clip, file, StandardCopyOption.REPLACE_EXISTING);
                return file;
            } catch (IOException e) {
                throw new UncheckedIOException("the clip cannot be unpacked", e);
            }
        }
    }
}
