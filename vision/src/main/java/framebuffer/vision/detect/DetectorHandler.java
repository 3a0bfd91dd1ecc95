package framebuffer.vision.detect;

import framebuffer.client.Answer;
import framebuffer.client.FrameHandler;
import framebuffer.client.PixelsGone;
import framebuffer.client.WorkFrame;
import java.util.function.BiConsumer;

/** Processes frames with a detector. Rejects frames without pixels or with undecodable pixels, because a retry is useless. */
public final class DetectorHandler implements FrameHandler {
    private final Detector detector;
    private final BiConsumer<AnalyzedPicture, Detections> found;

    /** A picture that a detector has analysed. */
    public static final class AnalyzedPicture {
        private final WorkFrame frame;
        private final byte[] picture;

        private AnalyzedPicture(WorkFrame frame, byte[] picture) {
            this.frame = frame;
            this.picture = picture;
        }

        public WorkFrame frame() {
            return frame;
        }

        /** The picture file; must not be changed. */
        public byte[] picture() {
            return picture;
        }
    }

    /**
     * @param found called with the detections of each picture, on the detector's thread, before the answer; an exception fails the frame
     */
    public DetectorHandler(Detector detector, BiConsumer<AnalyzedPicture, Detections> found) {
        this.detector = detector;
        this.found = found;
    }

    @Override
    public Answer handle(WorkFrame frame) {
        try {
            AnalyzedPicture seen = new AnalyzedPicture(frame, frame.pixels());
            Detections detections = detector.detect(seen.picture(), frame.frame().cameraId());
            found.accept(seen, detections);
            return Answer.processed(detections.json());
        } catch (PixelsGone | UndecodablePicture e) {
            return Answer.reject(String.valueOf(e.getMessage()));
        }
    }
}
