package framebuffer.vision.camera;

import framebuffer.vision.source.VideoAddress;
import java.util.function.DoubleSupplier;

/**
 * The settings of a camera.
 *
 * @param cameraId its id, 1 to 200 characters, because frame ids extend it
 * @param loop whether a file restarts at its end; ignored for live video
 * @param share called for each picture: the wanted share of pictures, from 0 (none) to 1 (all)
 */
public record CameraSettings(String cameraId, VideoAddress address, Pictures pictures, boolean loop,
        Announcement announcement, DoubleSupplier share) {

    /** Settings that always want all pictures. */
    public CameraSettings(String cameraId, VideoAddress address, Pictures pictures, boolean loop,
            Announcement announcement) {
        this(cameraId, address, pictures, loop, announcement, () -> 1);
    }

    /**
     * @throws IllegalArgumentException when the camera's id is too short or too long
     */
    public CameraSettings {
        if (cameraId.isEmpty() || cameraId.length() > 200) {
            throw new IllegalArgumentException("a camera's id must have 1 to 200 characters, not " + cameraId.length());
        }
    }
}
