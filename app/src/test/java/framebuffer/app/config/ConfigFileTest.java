package framebuffer.app.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine.Option;

class ConfigFileTest {
    @TempDir
    private Path folder;

    /** What an entry of these tests may contain. */
    private static final class Camera {
        @Option(names = {"--id", "--name"}, required = true)
        private String id = "";

        @ValueRange(least = "0.1", most = "120")
        @Option(names = "--fps", defaultValue = "5")
        private double fps;

        @Option(names = "--source")
        private String source = "";
    }

    private ConfigFile file(String text) throws IOException {
        return ConfigFile.read(Files.writeString(folder.resolve("house.yaml"), text), Set.of("port", "cameras"),
                Map.of("PASSWORD", "s3cret", "EMPTY", ""));
    }

    private Camera only(String text) throws IOException {
        ConfigFile file = file(text);
        return file.section("cameras").getFirst().fill(new Camera(), file.defaults()).options();
    }

    private static void refuses(ThrowingCallable call, String message) {
        assertThatThrownBy(call).isInstanceOf(ConfigFile.ConfigFault.class).hasMessageEndingWith(message);
    }

    @Test
    void anEntryTakesFromTheDefaultsWhatItDoesNotSet() throws IOException {
        Camera front = only("""
                defaults: {fps: 2, source: clip.mp4}
                cameras:
                  - id: front
                    source: other.mp4
                """);
        assertThat(List.of(front.id, front.fps, front.source)).containsExactly("front", 2.0, "other.mp4");
    }

    @Test
    void entriesMayBeNamedByAMapping() throws IOException {
        assertThat(only("cameras:\n  front:\n    fps: 1\n").id).isEqualTo("front");
    }

    @Test
    void aSecretComesFromTheEnvironmentOrAFile() throws IOException {
        Files.writeString(folder.resolve("key"), "from-file\nsecond line\n");
        String key = folder.resolve("key").toString();
        assertThat(only("cameras: [{id: a, source: 'rtsp://me:${PASSWORD}@host/${file:" + key + "}'}]").source)
                .isEqualTo("rtsp://me:s3cret@host/from-file");
        assertThat(only("cameras: [{id: a, source: 'file:" + key + "'}]").source).isEqualTo("from-file");
        assertThat(only("cameras: [{id: a, source: 'file:///clip.mp4'}]").source).isEqualTo("file:///clip.mp4");
        assertThat(only("cameras: [{id: a, source: '$${PASSWORD}'}]").source).isEqualTo("${PASSWORD}");
    }

    @Test
    void aMissingSecretIsNamedWithItsLine() {
        refuses(() -> only("cameras:\n  - id: a\n    source: rtsp://me:${PASWORD}@host\n"),
                "house.yaml:3: the environment variable PASWORD is not set");
        refuses(() -> only("port: ${file:/nowhere}\n"), "house.yaml:1: cannot read /nowhere: NoSuchFileException");
    }

    @Test
    void aWrongKeyIsRefusedWithItsLineAndTheNearestKey() {
        refuses(() -> only("cameras:\n  - id: front\n    fsp: 3\n"),
                "house.yaml:3: unknown key fsp; did you mean fps?");
        refuses(() -> file("camera:\n  - id: front\n"), "house.yaml:1: unknown key camera; did you mean cameras?");
    }

    @Test
    void aWrongValueIsRefusedWithItsBoundsAndItsLine() {
        refuses(() -> only("cameras:\n  - id: front\n    fps: 500\n"),
                "fps must be a number from 0.1 to 120, not 500 (" + folder.resolve("house.yaml") + ":3)");
        refuses(() -> only("cameras:\n  - id: front\n    fps: fast\n"),
                "fps must be a number from 0.1 to 120, not fast (" + folder.resolve("house.yaml") + ":3)");
    }

    @Test
    void whatIsMissingOrSetTwiceIsSaid() {
        refuses(() -> only("port: 1\ncameras:\n  - fps: 3\n"), "house.yaml:3: id is missing");
        refuses(() -> only("cameras:\n  - {id: a, name: b}\n"), "house.yaml:2: name and id are the same; write one");
        refuses(() -> only("cameras: [front]\n"),
                "house.yaml:1: write the keys of this entry with their values, such as id: front");
    }

    @Test
    void aValueStaysAsItIs() throws IOException {
        for (String value : List.of("ab$$cd", "a$b", "-h", "--", "@file", "100%", "a=b")) {
            assertThat(only("cameras: [{id: a, source: '" + value + "'}]").source).isEqualTo(value);
        }
    }

    @Test
    void anEmptySecretIsRefused() {
        refuses(() -> only("cameras: [{id: a, source: '${EMPTY}'}]"),
                "house.yaml:1: the environment variable EMPTY is empty");
        refuses(() -> only("cameras: [{id: a, source: 'file:/dev/zero'}]"), "/dev/zero is not a regular file");
    }

    @Test
    void aSecretIsNotRepeated() {
        refuses(() -> only("cameras: [{id: a, fps: '${PASSWORD}'}]"),
                "fps must be a number from 0.1 to 120 (" + folder.resolve("house.yaml") + ":1)");
        assertThatThrownBy(() -> only("cameras: [{'rtsp://u:s3cret@h/1'}]")).hasMessageNotContaining("s3cret");
    }

    @ParameterizedTest
    @ValueSource(strings = {"cameras: [&a {id: x, b: {c: *a}}]", "port: !secret x", "port: &x", "cameras: [{id: {}}]",
            "defaults: &d {fps: 1}\ncameras: [{<<: *d, id: a}]", "cameras: front", "cameras: [[a]]", "{a: 1}: b"})
    void whatYamlAllowsAndNobodyMeansIsRefused(String text) {
        assertThatThrownBy(() -> only(text)).isInstanceOf(ConfigFile.ConfigFault.class)
                .hasMessageContaining("house.yaml:");
    }

    @Test
    void aFileThatIsNestedTooDeeplyIsRefused() {
        assertThatThrownBy(() -> only("cameras: " + "[".repeat(50_000))).isInstanceOf(ConfigFile.ConfigFault.class);
    }

    @Test
    void theFileSaysWhatChanged() throws IOException {
        ConfigFile before = file("port: 1\ncameras: [{id: a}]\n");
        Files.writeString(folder.resolve("house.yaml"), "port: 2\ncameras: [{id: b}]\n");
        ConfigFile now = before.again();
        assertThat(now.changedKeys(before)).containsExactly("port");
        assertThat(now.section("cameras").getFirst().text("id")).contains("b");
    }
}
