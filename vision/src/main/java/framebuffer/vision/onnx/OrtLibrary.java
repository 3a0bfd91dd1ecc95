package framebuffer.vision.onnx;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtLoggingLevel;
import java.io.File;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.bytedeco.javacpp.Loader;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The native library of ONNX Runtime, loaded with the first model. */
final class OrtLibrary {
    private static final Logger log = LoggerFactory.getLogger(OrtLibrary.class);
    private static final String FOLDER_OPTION = "onnxruntime.native.path";
    private static final List<String> LIBRARIES = List.of("onnxruntime", "onnxruntime4j_jni");
    private static final String CUDA = "onnxruntime_providers_cuda";
    private static final String LEFT_BEHIND = "onnxruntime-java*";
    /** A younger folder may belong to a process that is just starting. */
    private static final Duration JUST_MADE = Duration.ofMinutes(1);

    private OrtLibrary() {
    }

    /**
     * Loads it.
     *
     * @throws IllegalArgumentException when there is none for this machine; the message is one line
     */
    static synchronized OrtEnvironment load() {
        try {
            removeLeftBehind(Path.of(System.getProperty("java.io.tmpdir")), Instant.now());
            unpack();
            // The library writes nothing: each failure is an exception, and we report it.
            return OrtEnvironment.getEnvironment(OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL, "frame-buffer");
        } catch (IOException | LinkageError | RuntimeException e) {
            throw new IllegalArgumentException("cannot load ONNX Runtime on " + Loader.getPlatform() + ": "
                    + e.getMessage(), e);
        }
    }

    /**
     * Unpacks the library once, to the folder of all native libraries. ONNX Runtime itself would do so at each start, to a temporary folder,
     * which may forbid to run what lies there. A build with CUDA has to do so: its libraries find each other in one folder.
     */
    private static void unpack() throws IOException {
        if (System.getProperty(FOLDER_OPTION) != null || resource(CUDA) != null) {
            return;
        }
        for (String library : LIBRARIES) {
            if (resource(library) == null) {
                throw new IOException("this build has no library for it");
            }
            File file = Loader.cacheResource(OrtEnvironment.class, name(library));
            System.setProperty("onnxruntime.native." + library + ".path", file.getPath());
        }
    }

    /** ONNX Runtime makes a folder at each start, even if it puts nothing in; a process that is killed leaves it. */
    static void removeLeftBehind(Path temporary, Instant now) throws IOException {
        try (DirectoryStream<Path> folders = Files.newDirectoryStream(temporary, LEFT_BEHIND)) {
            for (Path folder : folders) {
                if (Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)
                        && Files.getLastModifiedTime(folder).toInstant().isBefore(now.minus(JUST_MADE))) {
                    removeIfEmpty(folder);
                }
            }
        }
    }

    private static void removeIfEmpty(Path folder) {
        try {
            Files.deleteIfExists(folder);
        } catch (IOException e) {
            log.debug("kept {}, which is not empty or not ours: {}", folder, e.getMessage());
        }
    }

    private static java.net.@Nullable URL resource(String library) {
        return OrtEnvironment.class.getResource(name(library));
    }

    private static String name(String library) {
        String folder = Loader.getPlatform().replace("macosx-", "osx-").replace("-arm64", "-aarch64")
                .replace("-x86_64", "-x64");
        return "/ai/onnxruntime/native/" + folder + "/" + System.mapLibraryName(library);
    }
}
