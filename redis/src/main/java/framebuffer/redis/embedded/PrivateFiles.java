package framebuffer.redis.embedded;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Files and folders that only their owner can read: mode 0600 and 0700. */
final class PrivateFiles {
    private static final Logger log = LoggerFactory.getLogger(PrivateFiles.class);
    private static final Set<PosixFilePermission> OF_FOLDERS = PosixFilePermissions.fromString("rwx------");
    private static final Set<PosixFilePermission> OF_FILES = PosixFilePermissions.fromString("rw-------");

    private PrivateFiles() {
    }

    /** Creates a folder, unless it exists. The mode of its missing parents is the user's. */
    static void createFolder(Path folder) throws IOException {
        if (!Files.isDirectory(folder)) {
            Path parent = folder.toAbsolutePath().getParent();
            if (parent != null) {
                Files.createDirectories(parent);
            }
            Files.createDirectory(folder, PosixFilePermissions.asFileAttribute(OF_FOLDERS));
        }
    }

    /** Creates an empty file, unless it exists. */
    static void createFile(Path file) throws IOException {
        if (!Files.exists(file)) {
            Files.createFile(file, PosixFilePermissions.asFileAttribute(OF_FILES));
        }
    }

    /** Writes a file anew; nobody else can read it at any moment. */
    static void write(Path file, String text) throws IOException {
        Files.deleteIfExists(file);
        try (OutputStream out = Channels.newOutputStream(Files.newByteChannel(file,
                Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
                PosixFilePermissions.asFileAttribute(OF_FILES)))) {
            out.write(text.getBytes(StandardCharsets.UTF_8));
        }
    }

    /**
     * Takes all rights from others.
     *
     * @param root a folder, with all that is in it, or a file; need not exist
     */
    static void restrict(Path root) throws IOException {
        if (!Files.exists(root, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        try (Stream<Path> all = Files.walk(root)) {
            for (Path one : all.filter(path -> !Files.isSymbolicLink(path)).toList()) {
                restrictOne(one);
            }
        }
    }

    /** Takes all rights to a file or folder from others, if this user may. */
    static void restrictOne(Path path) {
        Set<PosixFilePermission> wanted = Files.isDirectory(path) ? OF_FOLDERS : OF_FILES;
        try {
            if (!wanted.containsAll(Files.getPosixFilePermissions(path))) {
                Files.setPosixFilePermissions(path, wanted);
            }
        } catch (IOException e) {
            log.warn("other users of this machine may read {}: its mode cannot be changed ({})", path, e.toString());
        }
    }

    /** Whether a folder holds nothing but these names. */
    static boolean holdsOnly(Path folder, List<String> names) throws IOException {
        try (Stream<Path> content = Files.list(folder)) {
            return content.allMatch(path -> names.contains(path.getFileName().toString()));
        }
    }
}
