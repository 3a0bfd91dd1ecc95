package framebuffer.vision.detect;

/** Detects one kind of object in pictures. Thread-safe. */
public interface Detector extends AutoCloseable {

    /** The capability that this detector offers. */
    String capability();

    /**
     * Analyses one picture.
     *
     * @param picture a JPEG or PNG file of at most 64 million pixels
     * @param cameraId id of the camera; some detectors compare pictures of a camera
     * @throws UndecodablePicture when the file is not such a picture
     */
    Detections detect(byte[] picture, String cameraId);

    /** Maximum number of pictures that it analyses together, if as many threads call it at once. */
    default int batch() {
        return 1;
    }

    /** Frees native memory. No picture may be analysed meanwhile or later; {@link CloseableDetector} sees to that. */
    @Override
    void close();
}
