package framebuffer.vision.camera;

import framebuffer.redis.embedded.CacheFolder;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/** A demo clip: 20 s from a real surveillance camera, 768×576, 10 pictures per second, people walking. */
public final class DemoClip {
    private static final String RESOURCE = "/framebuffer/vision/pedestrians.mp4";

    private static final Path FILE = unpack();

    private DemoClip() {
    }

    /** The clip as a file, because FFmpeg reads no resources. Unpacked once, into the folder for unpacked programs. */
    public static Path path() {
        return FILE;
    }

    private static Path unpack() {
        try (InputStream clip = DemoClip.class.getResourceAsStream(RESOURCE)) {
            if (clip == null) {
                throw new IllegalStateException("the clip is missing from this build: " + RESOURCE);
            }
            byte[] bytes = clip.readAllBytes();
            Path folder = CacheFolder.ofEnvironment().path();
            Path file = folder.resolve("pedestrians-" + bytes.length + ".mp4");
            if (!Files.exists(file) || Files.size(file) != bytes.length) {
                Path unpacked = Files.createTempFile(folder, "pedestrians-", ".part");
                Files.write(unpacked, bytes);
                // Two processes may unpack it at once; both copies are equal.
                Files.move(unpacked, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            }
            return file;
        } catch (IOException e) {
            throw new UncheckedIOException("the clip cannot be unpacked", e);
        }
    }
}
