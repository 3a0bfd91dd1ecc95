package framebuffer.vision.camera;

import framebuffer.vision.source.PictureDeadline;
import framebuffer.vision.source.VideoAddress;
import java.util.ArrayList;
import java.util.List;

/** Pictures of the clip, as JPEG files. */
public final class ClipPictures {
    private ClipPictures() {
    }

    /** The first pictures of the clip at this rate. */
    public static List<byte[]> first(int count, double fps) {
        try (VideoSource clip = VideoSource.open(new VideoAddress.File(DemoClip.path()), Pictures.DEFAULT.withFps(fps),
                System::nanoTime, new PictureDeadline(Pictures.DEFAULT.timeout(), System::nanoTime))) {
            List<byte[]> pictures = new ArrayList<>();
            for (Shot shot = clip.next(); shot != null && pictures.size() < count; shot = clip.next()) {
                pictures.add(shot.jpeg());
            }
            return pictures;
        }
    }
}
