package framebuffer.vision.detect;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AnnotatorTest {
    private static final Detections FOUND = new Detections(List.of(new Detection("x", 0.5, 10, 0, 50, 60)), 320, 240);

    @TempDir
    Path folder;

    @Test
    void whatWasFoundIsDrawn() throws IOException {
        byte[] plain = Drawn.plain(90);
        Path file = new Annotator(folder.resolve("new"), 3).save("cam-1/../x", plain, FOUND);
        assertThat(file).hasFileName("cam-1_.._x.jpg").hasParent(folder.resolve("new"));
        assertThat(new TamperingDetector().detect(Files.readAllBytes(file), "c").objects()).isEmpty();
    }

    @Test
    void onlyTheNewestAreKept() throws IOException {
        Path foreign = Files.writeString(folder.resolve("mine.jpg"), "not ours");
        Annotator annotator = new Annotator(folder, 2);
        for (String name : List.of("a", "b", "a", "c")) {
            annotator.save(name, Drawn.plain(90), FOUND);
        }
        try (Stream<Path> files = Files.list(folder)) {
            assertThat(files).containsExactlyInAnyOrder(foreign, folder.resolve("a.jpg"), folder.resolve("c.jpg"));
        }
    }
}
