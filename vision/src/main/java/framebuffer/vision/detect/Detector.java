package framebuffer.vision.detect;

/** Finds one kind of thing in pictures. For any thread, for several at once. */
public interface Detector {

    /** What frames ask for to be sent here. */
    String capability();

    /**
     * Looks at one picture.
     *
     * @param picture
     *            a JPEG or PNG file of at most 64 million pixels
     * @param cameraId
     *            who took it: some detectors compare it with what that camera saw before
     * @throws UndecodablePicture
     *             when it is no such picture
     */
    Detections detect(byte[] picture, String cameraId);
}
