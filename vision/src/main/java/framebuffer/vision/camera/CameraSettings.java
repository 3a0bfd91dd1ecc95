package framebuffer.vision.camera;

import framebuffer.vision.source.VideoAddress;
import java.util.function.DoubleSupplier;

/**
 * One camera.
 *
 * @param cameraId
 *            its name in every frame, 1 to 200 characters, so that a frame's id has room for more
 * @param loop
 *            whether a file begins anew at its end; of no meaning for what is live
 * @param share
 *            asked for each picture: how many of them are wanted, from 0, none, to 1, all
 */
public record CameraSettings(String cameraId, VideoAddress address, Pictures pictures, boolean loop,
        Announcement announcement, DoubleSupplier share) {

    /** All pictures are wanted, always. */
    public CameraSettings(String cameraId, VideoAddress address, Pictures pictures, boolean loop,
            Announcement announcement) {
        this(cameraId, address, pictures, loop, announcement, () -> 1);
    }

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
