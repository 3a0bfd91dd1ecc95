package framebuffer.app.demo;

import framebuffer.vision.detect.Detector;
import framebuffer.vision.detect.MotionDetector;
import framebuffer.vision.detect.PeopleDetector;
import framebuffer.vision.detect.TamperingDetector;

/** The sample detectors. */
enum DetectorKind {
    PEOPLE, MOTION, TAMPERING;

    /** Creates a detector of this kind. */
    public Detector make() {
        return switch (this) {
            case PEOPLE -> new PeopleDetector();
            case MOTION -> new MotionDetector();
            case TAMPERING -> new TamperingDetector();
        };
    }
}
