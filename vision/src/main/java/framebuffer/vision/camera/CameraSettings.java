package framebuffer.vision.camera;

/**
 * One camera.
 *
 * @param cameraId
 *            its name in every frame, 1 to 200 characters, so that a frame's id has room for more
 * @param loop
 *            whether a file begins anew at its end; of no meaning for what is live
 */
public record CameraSettings(String cameraId, VideoAddress address, Pictures pictures, boolean loop,
        Announcement announcement) {

    /**
     * @throws IllegalArgumentException
     *             when the camera's id is too short or too long
     */
    public CameraSettings {
        if (cameraId.isEmpty() || cameraId.length() > 200) {
            throw new IllegalArgumentException("a camera's id must have 1 to 200 characters, not " + cameraId.length());
        }
    }
}
