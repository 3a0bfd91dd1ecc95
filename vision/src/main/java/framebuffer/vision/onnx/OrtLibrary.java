package framebuffer.vision.onnx;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtLoggingLevel;
import java.io.File;
import java.io.IOException;
import java.util.List;
import org.bytedeco.javacpp.Loader;
import org.jspecify.annotations.Nullable;

/** The native library of ONNX Runtime, loaded with the first model. */
final class OrtLibrary {
    private static final String FOLDER_OPTION = "onnxruntime.native.path";
    private static final List<String> LIBRARIES = List.of("onnxruntime", "onnxruntime4j_jni");
    private static final String CUDA = "onnxruntime_providers_cuda";

    private OrtLibrary() {
    }

    /**
     * Loads it.
     *
     * @throws IllegalArgumentException when there is none for this machine; the message is one line
     */
    static synchronized OrtEnvironment load() {
        try {
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

    private static java.net.@Nullable URL resource(String library) {
        return OrtEnvironment.class.getResource(name(library));
    }

    private static String name(String library) {
        String folder = Loader.getPlatform().replace("macosx-", "osx-").replace("-arm64", "-aarch64")
                .replace("-x86_64", "-x64");
        return "/ai/onnxruntime/native/" + folder + "/" + System.mapLibraryName(library);
    }
}
