package framebuffer.vision.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PictureSizeTest {
    @Test
    void aSizeIsWrittenAsItIsRead() {
        assertThat(PictureSize.parse("1280X720")).isEqualTo(new PictureSize(1280, 720)).hasToString("1280x720");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "1280", "1280x", "-1x720", "1280 x 720", "15x720", "1280x16385", "999999x720"})
    void whatIsNoSizeIsRefused(String text) {
        assertThatThrownBy(() -> PictureSize.parse(text)).isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @CsvSource({"1920,1080,1280,720", "1080,1920,405,720", "4000,20,1280,6", "640,480,640,480", "20000,1,1280,1"})
    void aDisplayIsScaledDownWithItsAspect(int width, int height, int scaledWidth, int scaledHeight) {
        Display shown = new Display(width, height, Orientation.UPRIGHT).within(new PictureSize(1280, 720));
        assertThat(shown).isEqualTo(new Display(scaledWidth, scaledHeight, Orientation.UPRIGHT));
    }
}
