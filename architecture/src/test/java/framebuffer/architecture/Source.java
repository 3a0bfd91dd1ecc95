package framebuffer.architecture;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * One Java source.
 *
 * @param path from the root of the repository
 * @param text what is in it
 */
record Source(Path path, String text) {

    static Source read(Path path) {
        try {
            return new Source(path, Files.readString(Repository.root().resolve(path)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Whether it is a test or serves one. */
    boolean isTest() {
        return path.toString().replace('\\', '/').contains("/src/test/");
    }

    long lines() {
        return text.lines().count();
    }
}
