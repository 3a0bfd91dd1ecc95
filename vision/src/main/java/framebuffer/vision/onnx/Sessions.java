package framebuffer.vision.onnx;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtProvider;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.OrtSession.SessionOptions;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Opens sessions of ONNX Runtime: a model on the CPU or on CUDA. */
final class Sessions {
    private static final Logger log = LoggerFactory.getLogger(Sessions.class);
    private static final String NO_CUDA = "provider must not be cuda: ";

    private Sessions() {
    }

    /**
     * Loads a model.
     *
     * @throws IllegalArgumentException when the file is not a model, or CUDA was asked for and cannot be used; the message is one line
     */
    static OrtSession open(OrtEnvironment environment, OnnxFiles files, Execution execution) {
        boolean present = OrtEnvironment.getAvailableProviders().contains(OrtProvider.CUDA);
        if (execution.provider() == Execution.Provider.CUDA && !present) {
            throw new IllegalArgumentException(NO_CUDA + "this build of ONNX Runtime has none; see docs/detectors.md");
        }
        if (present && execution.provider() != Execution.Provider.CPU) {
            try {
                return open(environment, files, execution, Execution.Provider.CUDA);
            } catch (OrtException e) {
                if (execution.provider() == Execution.Provider.CUDA) {
                    throw new IllegalArgumentException(NO_CUDA + reason(e), e);
                }
                log.warn("cannot use CUDA: {}", reason(e));
            }
        }
        try {
            return open(environment, files, execution, Execution.Provider.CPU);
        } catch (OrtException e) {
            throw new IllegalArgumentException("ONNX Runtime " + environment.getVersion() + " cannot load the model "
                    + files.name() + ": " + reason(e), e);
        }
    }

    private static OrtSession open(OrtEnvironment environment, OnnxFiles files, Execution execution,
            Execution.Provider on)
            throws OrtException {
        try (SessionOptions options = new SessionOptions()) {
            if (execution.threads() > 0) {
                options.setIntraOpNumThreads(execution.threads());
            }
            // Idle threads sleep: otherwise they keep a core busy for a while after each picture.
            options.addConfigEntry("session.intra_op.allow_spinning", "0");
            if (on == Execution.Provider.CUDA) {
                options.addCUDA();
            }
            OrtSession session = environment.createSession(files.model().toString(), options);
            log.info("{} runs on {}{}", files.name(), on == Execution.Provider.CUDA ? "CUDA" : "the CPU",
                    execution.threads() > 0 ? " (threads: " + execution.threads() + ")" : "");
            return session;
        }
    }

    /** The message of ONNX Runtime in one line, without its error code. */
    static String reason(OrtException e) {
        return String.valueOf(e.getMessage()).replaceFirst("^Error code - \\S+ - message: ", "").replaceAll("\\s+", " ")
                .strip();
    }
}
