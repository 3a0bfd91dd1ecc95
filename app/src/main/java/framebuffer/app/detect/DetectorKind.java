package framebuffer.app.detect;

import framebuffer.vision.detect.CloseableDetector;
import framebuffer.vision.detect.Detector;
import framebuffer.vision.detect.FaceDetector;
import framebuffer.vision.detect.MotionDetector;
import framebuffer.vision.detect.PeopleDetector;
import framebuffer.vision.detect.TamperingDetector;
import framebuffer.vision.onnx.OnnxDetector;
import framebuffer.wire.text.NearestName;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** The kinds of detectors. */
public enum DetectorKind {
    PEOPLE(PeopleDetector.CAPABILITY), FACES(FaceDetector.CAPABILITY), MOTION(MotionDetector.CAPABILITY), TAMPERING(
            TamperingDetector.CAPABILITY), ONNX(OnnxDetector.CAPABILITY);

    private final String capability;

    DetectorKind(String capability) {
        this.capability = capability;
    }

    /**
     * The kind with this name, such as {@code people}.
     *
     * @throws IllegalArgumentException when there is none; the message, one line, names the nearest kind
     */
    public static DetectorKind named(String name) {
        List<String> names = Arrays.stream(values()).map(DetectorKind::word).toList();
        return Arrays.stream(values()).filter(kind -> kind.word().equals(name.toLowerCase(Locale.ROOT))).findFirst()
                .orElseThrow(() -> new IllegalArgumentException("there is no kind of detector " + name
                        + NearestName.to(name, names).map(near -> "; did you mean " + near + "?")
                                .orElse("; known are " + String.join(", ", names))));
    }

    /** The name as users write it, such as {@code people}. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The capability that the detector offers unless its user names others. */
    public String capability() {
        return capability;
    }

    /** The labels of what this kind finds; empty: they depend on its model. */
    public Set<String> labels() {
        return switch (this) {
            case PEOPLE -> Set.of("person");
            case FACES -> Set.of("face");
            case MOTION -> Set.of("motion");
            case TAMPERING -> Set.of("too_dark", "too_bright", "blurred");
            case ONNX -> Set.of();
        };
    }

    /** The names of the options that this kind has, without the leading hyphens. */
    Set<String> options() {
        return switch (this) {
            case PEOPLE, FACES, MOTION, TAMPERING -> Set.of();
            case ONNX -> DetectorOptions.OF_ONNX;
        };
    }

    /**
     * Creates a detector of this kind. Close it after its processor.
     *
     * @throws IllegalArgumentException when the options do not fit; the message is one line
     */
    public Detector make(DetectorOptions given) {
        return new CloseableDetector(switch (this) {
            case PEOPLE -> new PeopleDetector();
            case FACES -> new FaceDetector();
            case MOTION -> new MotionDetector();
            case TAMPERING -> new TamperingDetector();
            case ONNX -> given.onnx();
        });
    }
}
