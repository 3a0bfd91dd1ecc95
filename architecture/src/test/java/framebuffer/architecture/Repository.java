package framebuffer.architecture;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** Where the sources and classes of the modules are. */
final class Repository {
    private Repository() {
    }

    /** The modules' folders: those beside this one that have a {@code pom.xml}. */
    static List<Path> modules() {
        return list(root()).filter(folder -> Files.exists(folder.resolve("pom.xml"))).toList();
    }

    /** Every Java source of every module, tests too, as paths from the root. */
    static List<Path> sources() {
        return modules().stream().map(module -> module.resolve("src")).filter(Files::isDirectory)
                .flatMap(Repository::walk).filter(file -> file.toString().endsWith(".java")).map(root()::relativize)
                .toList();
    }

    /** The folders of compiled classes, without those of tests. */
    static List<Path> classes() {
        return modules().stream().map(module -> module.resolve("target/classes")).filter(Files::isDirectory).toList();
    }

    /** The folder that holds the modules. */
    static Path root() {
        Path here = Path.of("").toAbsolutePath();
        for (Path folder = here; folder != null; folder = folder.getParent()) {
            if (Files.isDirectory(folder.resolve(".mvn"))) {
                return folder;
            }
        }
        throw new IllegalStateException("not within the repository: " + here);
    }

    private static Stream<Path> list(Path folder) {
        try (Stream<Path> entries = Files.list(folder)) {
            return entries.sorted().toList().stream();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Stream<Path> walk(Path folder) {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.sorted().toList().stream();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
