package framebuffer.trials.bench.cameras;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import framebuffer.app.terminal.CannotRun;
import framebuffer.testkit.StreamServer.ServedVideo;
import framebuffer.vision.camera.DemoClip;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CodedClipTest {
    private static final int SEQUENCE_PARAMETERS = 7;
    private static final int PICTURE_PARAMETERS = 8;
    private static final int KEY_PICTURE = 5;

    @TempDir
    private Path folder;

    @Test
    void theClipIsReadAsTheUnitsThatACameraSends() throws IOException {
        ServedVideo video = CodedClip.read(DemoClip.path());
        assertThat(video.parameters()).extracting(unit -> unit[0] & 0x1f)
                .containsExactly(SEQUENCE_PARAMETERS, PICTURE_PARAMETERS);
        assertThat(video.pictures()).hasSizeGreaterThan(10)
                .allMatch(picture -> picture.micros() >= 0 && picture.micros() < video.lengthMicros());
        assertThat(video.pictures().getFirst().units()).extracting(unit -> unit[0] & 0x1f).contains(KEY_PICTURE);
    }

    @Test
    void whatIsNoVideoIsRefusedByName() throws IOException {
        Path text = Files.writeString(folder.resolve("text.mp4"), "no video");
        assertThatExceptionOfType(CannotRun.class).isThrownBy(() -> CodedClip.read(text))
                .withMessageContaining("text.mp4");
    }
}
