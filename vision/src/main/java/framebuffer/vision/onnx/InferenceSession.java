package framebuffer.vision.onnx;

import ai.onnxruntime.NodeInfo;
import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.TensorInfo;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.PointerScope;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A loaded model that detects objects. Thread-safe, but {@link #close} may not overlap with a run. */
final class InferenceSession implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(InferenceSession.class);
    /** Maximum size of the input of one run: 1 GiB. */
    private static final long MOST_VALUES = 1L << 28;
    /** The brightness of the picture of the trial run. */
    private static final float GREY = 0.5f;

    private final OrtEnvironment environment;
    private final OrtSession session;
    private final PictureInput input;
    private final int labels;
    private final Output output;

    /** An output of a model, and how it is read. */
    private record Output(String name, OutputLayout layout) {
    }

    private InferenceSession(OrtEnvironment environment, OrtSession session, OnnxFiles files, Execution execution,
            int labels) throws OrtException {
        this.environment = environment;
        this.session = session;
        this.input = PictureInput.of(files, session.getInputInfo());
        this.labels = labels;
        checkBatch(files, execution);
        this.output = trial(files);
    }

    /**
     * Loads a model, and lets it analyse one grey picture, which shows the shape of its output.
     *
     * @throws IllegalArgumentException when the model is not one that is understood; the message is one line
     */
    static InferenceSession open(OnnxFiles files, Execution execution, int labels) {
        if (!Files.isRegularFile(files.model())) {
            throw new IllegalArgumentException("there is no model " + files.model());
        }
        OrtEnvironment environment = OrtLibrary.load();
        OrtSession session = Sessions.open(environment, files, execution);
        boolean usable = false;
        try {
            InferenceSession model = new InferenceSession(environment, session, files, execution, labels);
            usable = true;
            return model;
        } catch (OrtException e) {
            throw new IllegalArgumentException("cannot use the model " + files.name() + ": " + Sessions.reason(e), e);
        } finally {
            if (!usable) {
                close(session);
            }
        }
    }

    private void checkBatch(OnnxFiles files, Execution execution) {
        int batch = execution.batch();
        if (input.batch() > 0 && batch > input.batch()) {
            throw new IllegalArgumentException("batch must not be " + batch + ": the model " + files.name() + " takes "
                    + input.batch() + (input.batch() == 1 ? " picture" : " pictures") + " at once");
        }
        if (input.slots(batch) * input.values() > MOST_VALUES) {
            throw new IllegalArgumentException("batch must not be " + batch + ": so many pictures of " + input.size()
                    + " pixels take more than 1 GiB");
        }
    }

    private Output trial(OnnxFiles files) throws OrtException {
        try (PointerScope _ = new PointerScope();
                OnnxTensor picture = tensor(grey(), input.slots(1));
                OrtSession.Result result = session.run(Map.of(input.name(), picture))) {
            List<String> found = new ArrayList<>();
            for (Map.Entry<String, NodeInfo> declared : session.getOutputInfo().entrySet()) {
                long[] shape = shape(result, declared.getKey());
                Optional<OutputLayout> layout = OutputLayout.of(shape, labels);
                if (layout.isPresent()) {
                    log.info("{}: pictures of {}, {} labels, output {} {} read as {}", files.name(), input.size(),
                            labels, declared.getKey(), PictureInput.shape(shape), layout.get().shape());
                    return new Output(declared.getKey(), layout.get());
                }
                found.add(declared.getKey() + " " + PictureInput.shape(shape));
            }
            throw new IllegalArgumentException("the model " + files.name() + " does not fit " + labels
                    + (labels == 1 ? " label" : " labels") + ": it has the output " + String.join(", ", found)
                    + "; understood are " + OutputLayout.shapes());
        }
    }

    private FloatPointer grey() {
        FloatPointer values = new FloatPointer(input.slots(1) * input.values());
        for (long i = 0; i < values.capacity(); i++) {
            values.put(i, GREY);
        }
        return values;
    }

    /** The shape of an output in a run; empty: not a tensor of floats. */
    private static long[] shape(OrtSession.Result result, String name) {
        return result.get(name).filter(OnnxTensor.class::isInstance).map(value -> (TensorInfo) value.getInfo())
                .filter(tensor -> tensor.type == OnnxJavaType.FLOAT).map(TensorInfo::getShape).orElse(new long[0]);
    }

    private OnnxTensor tensor(FloatPointer values, int slots) throws OrtException {
        return OnnxTensor.createTensor(environment, values.asBuffer(),
                new long[]{slots, Letterbox.COLOURS, input.size().height(), input.size().width()});
    }

    /** The size of its pictures. */
    Extent size() {
        return input.size();
    }

    /**
     * Analyses pictures in one run.
     *
     * @param pictures each as {@link Letterbox#paint} makes it
     * @return the output for each picture
     * @throws IllegalStateException when the model fails
     */
    List<float[]> run(List<FloatPointer> pictures) {
        int slots = input.slots(pictures.size());
        try (PointerScope _ = new PointerScope();
                OnnxTensor tensor = tensor(slots == 1 ? pictures.getFirst() : together(pictures, slots), slots);
                OrtSession.Result result = session.run(Map.of(input.name(), tensor), Set.of(output.name()))) {
            FloatBuffer values = ((OnnxTensor) result.get(0)).getFloatBuffer();
            int each = values.remaining() / slots;
            List<float[]> outputs = new ArrayList<>();
            for (int i = 0; i < pictures.size(); i++) {
                float[] one = new float[each];
                values.get(one);
                outputs.add(one);
            }
            return outputs;
        } catch (OrtException e) {
            throw new IllegalStateException("the model failed: " + Sessions.reason(e), e);
        }
    }

    /** All pictures in one piece; slots without a picture are black. */
    private FloatPointer together(List<FloatPointer> pictures, int slots) {
        FloatPointer all = new FloatPointer(slots * input.values());
        all.zero();
        for (int i = 0; i < pictures.size(); i++) {
            all.getPointer(i * input.values()).limit(input.values()).put(pictures.get(i));
        }
        return all;
    }

    /** The objects in an output for one picture, the most confident first, in pixels of the input. */
    List<Candidate> objects(float[] values, Thresholds thresholds) {
        List<Candidate> candidates = output.layout().candidates(values, labels, thresholds.minScore());
        // No two boxes overlap more than fully: what the model has suppressed itself is final.
        return Candidate.best(candidates, output.layout() == OutputLayout.END_TO_END ? 1 : thresholds.overlap());
    }

    @Override
    public void close() {
        close(session);
    }

    private static void close(OrtSession session) {
        try {
            session.close();
        } catch (OrtException e) {
            log.warn("cannot close a model: {}", Sessions.reason(e));
        }
    }
}
