package framebuffer.vision.detect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import framebuffer.vision.camera.ClipPictures;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class PictureTest {
    private final Detector detector = new TamperingDetector();

    @Test
    void theSizeIsKnownBeforeAnythingIsDecoded() {
        assertThat(PictureHeader.of(ClipPictures.first(1, 1).getFirst())).isEqualTo(new PictureHeader(768, 576));
        assertThat(PictureHeader.of(png(3, 4))).isEqualTo(new PictureHeader(3, 4));
    }

    @Test
    void aPictureOfGigabytesIsNotDecoded() {
        assertUndecodable(png(40_000, 40_000), "40000×40000");
        assertUndecodable(png(-1, 5), "pixels");
        assertUndecodable(png(0, 5), "pixels");
    }

    @Test
    void whatIsNoPictureIsSaidSo() {
        assertUndecodable(new byte[0], "neither JPEG nor PNG");
        assertUndecodable("text".getBytes(StandardCharsets.UTF_8), "neither JPEG nor PNG");
        assertUndecodable(new byte[]{(byte) 0xFF, (byte) 0xD8, (byte) 0xFF}, "without a picture");
        assertUndecodable(png(3, 4), "no picture");
    }

    @Test
    void whereverAJpegIsCutNothingWorseHappensThanThatItIsUndecodable() {
        byte[] whole = Drawn.plain(90);
        for (int length = 0; length < whole.length; length += 7) {
            byte[] cut = Arrays.copyOf(whole, length);
            try {
                assertThat(detector.detect(cut, "c").width()).isEqualTo(320);
            } catch (UndecodablePicture e) {
                assertThat(e.getMessage()).isNotBlank();
            }
        }
    }

    @Test
    void aPictureWithWrongBytesIsDecodedOrUndecodable() {
        Random random = new Random(20_261_201);
        byte[] whole = Drawn.plain(90);
        for (int round = 0; round < 1_000; round++) {
            byte[] wrong = whole.clone();
            for (int changes = 1 + random.nextInt(8); changes > 0; changes--) {
                wrong[random.nextInt(wrong.length)] = (byte) random.nextInt(256);
            }
            try {
                assertThat(detector.detect(wrong, "c").width()).isPositive();
            } catch (UndecodablePicture e) {
                assertThat(e.getMessage()).isNotBlank();
            }
        }
    }

    private void assertUndecodable(byte[] file, String why) {
        assertThatThrownBy(() -> detector.detect(file, "c")).isInstanceOf(UndecodablePicture.class)
                .hasMessageContaining(why);
    }

    /** The beginning of a PNG: only its declared size. */
    private static byte[] png(int width, int height) {
        return ByteBuffer.allocate(24).putLong(0x89504E470D0A1A0AL).putInt(13)
                .put("IHDR".getBytes(StandardCharsets.UTF_8))
                .putInt(width).putInt(height).array();
    }
}
