package framebuffer.app.video;

import framebuffer.vision.detect.Detector;
import framebuffer.vision.detect.MotionDetector;
import framebuffer.vision.detect.PeopleDetector;
import framebuffer.vision.detect.TamperingDetector;
import java.util.function.Supplier;

/** The sample detectors. */
public enum DetectorKind {
    PEOPLE(PeopleDetector::new), MOTION(MotionDetector::new), TAMPERING(TamperingDetector::new);

    private final Supplier<Detector> maker;

    DetectorKind(Supplier<Detector> maker) {
        this.maker = maker;
    }

    /** A new one of its kind. */
    public Detector make() {
        return maker.get();
    }
}
