package framebuffer.vision.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LabelsTest {
    @TempDir
    Path folder;

    @Test
    void eachLineIsALabel() throws IOException {
        Labels labels = Labels
                .read(Files.writeString(folder.resolve("l.txt"), "person\r\ntraffic light \nWürfel\n\n\n"));
        assertThat(labels.names()).containsExactly("person", "traffic light", "Würfel");
    }

    @Test
    void aClassBeyondTheLabelsHasItsNumber() {
        Labels labels = new Labels(java.util.List.of("a"));
        assertThat(labels.name(0)).isEqualTo("a");
        assertThat(labels.name(7)).isEqualTo("class_7");
        assertThat(labels.name(-1)).isEqualTo("class_-1");
    }

    @ParameterizedTest
    @CsvSource({"'', has no line", "'\n\n', has no line", "'a\n\nb', l.txt:2 is blank"})
    void aFileWithoutLabelsIsRefused(String text, String reason) throws IOException {
        Path file = Files.writeString(folder.resolve("l.txt"), text);
        assertThatIllegalArgumentException().isThrownBy(() -> Labels.read(file)).withMessageContaining(reason);
    }

    @Test
    void aFileThatCannotBeReadIsRefused() throws IOException {
        assertThatIllegalArgumentException().isThrownBy(() -> Labels.read(folder.resolve("none.txt")))
                .withMessageContaining("there is no file of labels");
        assertThatIllegalArgumentException().isThrownBy(() -> Labels.read(folder))
                .withMessageContaining("cannot read labels");
        Path latin = Files.write(folder.resolve("latin.txt"), new byte[]{(byte) 0xE9});
        assertThatIllegalArgumentException().isThrownBy(() -> Labels.read(latin))
                .withMessageContaining("is not UTF-8 text");
    }
}
