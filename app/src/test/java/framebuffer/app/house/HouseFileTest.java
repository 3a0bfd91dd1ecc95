package framebuffer.app.house;

import static org.assertj.core.api.Assertions.assertThat;

import framebuffer.app.Main;
import framebuffer.redis.RedisConnection;
import framebuffer.redis.embedded.EmbeddedRedis;
import framebuffer.redis.results.NotificationStore;
import framebuffer.wire.Keys;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

/** What {@code check} says of a file. */
class HouseFileTest {
    @TempDir
    private Path folder;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private int check(String text, String... more) throws IOException {
        Path file = Files.writeString(folder.resolve("house.yaml"), text);
        CommandLine commands = Main.commandLine(Map.of("PASSWORD", "s3cret"));
        commands.setOut(new PrintWriter(out)).setErr(new PrintWriter(err));
        String[] arguments = new String[more.length + 2];
        arguments[0] = "check";
        arguments[1] = file.toString();
        System.arraycopy(more, 0, arguments, 2, more.length);
        return commands.execute(arguments);
    }

    @Test
    void itShowsWhatWouldRun() throws IOException {
        assertThat(check("""
                defaults: {fps: 2}
                cameras:
                  - {id: front, source: 'rtsp://me:${PASSWORD}@host/1', capabilities: [person_detection], keep: latest}
                  - {id: shed, source: clip.mp4, enabled: false}
                detectors:
                  - {kind: people, instances: 2}
                """)).as(err.toString()).isZero();
        assertThat(out.toString()).contains("front", "rtsp://…@host", "2.0", "keep latest", "people-1", "people-2",
                "has no fault").doesNotContain("shed", "s3cret", "Note");
    }

    @Test
    void itDoubtsThatWhatNoDetectorOffersIsMeant() throws IOException {
        assertThat(check("cameras: [{id: a, source: demo, capabilities: [face_detection]}]")).isZero();
        assertThat(out.toString()).contains("Note: no detector of this file offers face_detection");
    }

    @Test
    void listsMayHaveSpacesAndDetectorsOfOneKindCountOn() throws IOException {
        assertThat(check("""
                cameras: [{id: a, source: demo, capabilities: 'person_detection, motion_detection'}]
                detectors: [{kind: people, instances: 2}, {kind: people, capacity: 4}, {kind: motion}]
                """)).as(err.toString()).isZero();
        assertThat(out.toString()).contains("people-3", "motion-1").doesNotContain("Note");
    }

    @Test
    void itNamesAKeyThatRunDoesNotUse() throws IOException {
        assertThat(check("fps: 2\ncameras: [{id: a, source: demo}]\n")).isZero();
        assertThat(out.toString()).contains("Note: fps is an option of other commands");
    }

    @Test
    void programsReadItAsJson() throws IOException {
        assertThat(check("cameras: [{id: a, source: demo}]", "--json")).isZero();
        assertThat(out.toString()).contains("\"id\" : \"a\"").contains("\"notes\" : [ ]");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            cameras: [{id: a, source: x.mp4, fsp: 1}]             | unknown key fsp; did you mean fps?
            cameras: [{id: a, source: x.mp4, fps: 1000}]          | fps must be a number from 0.01 to 120, not 1000
            cameras: [{source: x.mp4}]                            | id is missing
            cameras: [{id: a}]                                    | no video: set SOURCE
            cameras: [{id: a, source: '-'}]                       | neither standard input nor source-file
            cameras: [{id: a, source: x.mp4, keep: some}]         | keep
            cameras: [{id: a, source: x}, {id: a, source: y}]     | there is another camera a
            defaults: {fsp: 1}                                    | unknown key fsp; did you mean fps?
            detectors: [{kind: peopel}]                           | there is no kind of detector peopel; did you mean people?
            detectors: [{kind: people, id: a}, {kind: motion, id: a}] | there is another detector a
            detectors: [{kind: people, options: {models: x}}]     | detector people has no option models
            detectors: [{kind: people, concurrency: 9}]           | concurrency 9 must not be above capacity 8
            detectors: [{instances: 2}]                           | kind is missing
            {defaults: {source: '-'}, cameras: [{id: a}]}         | neither standard input nor source-file
            cameras: [{id: a, source-file: /etc/hostname}]        | neither standard input nor source-file
            cameras: [{id: a, source: 'rtsp:/u:s3cret@h/1'}]      | no such file; an address is written scheme://
            detectors: [{kind: people, id: front door}]           | the id of a detector must be 1 to 128 of
            detectors: [{kind: motion, instances: 51}]            | 51 detectors are more than max-processors (50)
            port: many                                            | port must be a whole number from 0 to 65535
            cameras: {a: 5}                                       | write the keys of this entry with their values
            """)
    void aFaultIsNamedWithItsLine(String text, String message) throws IOException {
        assertThat(check(text)).isEqualTo(2);
        assertThat(err.toString()).contains("house.yaml:1").contains(message).doesNotContain("s3cret").hasLineCount(1);
    }

    @Test
    void itShowsWhatANotificationMatches() throws IOException {
        assertThat(check("""
                mqtt: {url: 'mqtt://me:${PASSWORD}@broker'}
                cameras: [{id: front, source: demo, capabilities: [person_detection]}]
                detectors: [{kind: people}]
                notifications:
                  - {name: at night, cameras: [front], labels: [person], min-score: 0.6, hours: '22:00-06:00',
                     time-zone: Europe/Berlin, at-most-every: 5m, mqtt-topic: home/door, picture: true,
                     webhook: 'https://hooks.example/${PASSWORD}'}
                """)).as(err.toString()).isZero();
        assertThat(out.toString()).contains("at night", "person", "0.6", "22:00-06:00 Europe/Berlin", "300 s",
                "https://hooks.example/…, home/door, with picture").doesNotContain("Note", "s3cret");
    }

    @Test
    void itDoubtsThatANotificationCanMatchWhatNobodyHas() throws IOException {
        assertThat(check("""
                cameras: [{id: front, source: demo, capabilities: [person_detection]}]
                detectors: [{kind: people}]
                notifications:
                  door: {cameras: [frnt], labels: [person, dog], mqtt-topic: home/door}
                """)).as(err.toString()).isZero();
        assertThat(out.toString()).contains(
                "Note: notification door names the camera frnt, which nobody in this file has;"
                        + " it can never match unless others have it; did you mean front?",
                "Note: notification door names the label dog, which nobody in this file has.",
                "Note: notification door has an mqtt-topic, but there is no mqtt-url");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"{name: a}|needs a webhook or an mqtt-topic",
            "{mqtt-topic: t}|is missing", "{name: a, mqtt-topic: 'a/#'}|without + and #",
            "{name: a, mqtt-topic: t, hours: 22-6}|22:00-06:00",
            "{name: a, mqtt-topic: t, hours: '22:00-06:00', time-zone: Europe/Berln}|did you mean Europe/Berlin?",
            "{name: a, mqtt-topic: t, min-score: 2}|from 0 to 1", "{name: a, webhook: 'ftp://x'}|must be a URL",
            "{name: a, mqtt-topic: t, labls: [x]}|did you mean labels?"})
    void aNotificationWithAFaultIsRefusedWithItsLine(String entry, String why) throws IOException {
        assertThat(check("port: 8002\nnotifications:\n  - " + entry + "\n")).isEqualTo(2);
        assertThat(err.toString()).contains("house.yaml:3", why);
    }

    @Test
    void theOptionsOfMqttMayStandTogether() throws IOException {
        assertThat(check("mqtt: {url: 'mqtt://broker', prefx: x}")).isEqualTo(2);
        assertThat(err.toString()).contains("house.yaml:1: unknown key mqtt-prefx; did you mean mqtt-prefix?");
    }

    @Test
    void itNamesTheNotificationsThatHaveNeverMatched() throws IOException {
        try (EmbeddedRedis server = EmbeddedRedis.start(folder.resolve("redis"));
                RedisConnection redis = RedisConnection.open(server.address())) {
            String house = "redis-url: redis://127.0.0.1:" + server.address().port() + """

                    mqtt: {url: 'mqtt://broker'}
                    cameras: [{id: front, source: demo, capabilities: [person_detection]}]
                    detectors: [{kind: people}]
                    notifications: {old: {mqtt-topic: t}, new: {mqtt-topic: t}}
                    """;
            assertThat(check(house)).as(err.toString()).isZero();
            assertThat(out.toString()).as("without results nobody knows").doesNotContain("never matched");
            redis.call("XADD", Keys.DEFAULT.results(), "*", "frame_id", "1");
            NotificationStore.matched(redis, Keys.DEFAULT, "old", Instant.EPOCH);
            assertThat(check(house)).isZero();
            assertThat(out.toString()).contains("Note: notification new has never matched a result")
                    .doesNotContain("old has never");
        }
    }

    @Test
    void aModelThatCannotBeLoadedIsAFaultOfTheFile() throws IOException {
        Path model = Files.writeString(folder.resolve("broken.onnx"), "no model");
        Path labels = Files.writeString(folder.resolve("labels.txt"), "person\n");
        assertThat(check("detectors: [{kind: onnx, options: {model: '" + model + "', labels: '" + labels
                + "'}, capabilities: [person_detection]}]")).isEqualTo(2);
        assertThat(err.toString()).contains("house.yaml: detector onnx-1: ", "broken.onnx").doesNotContain("\tat ");
    }
}
