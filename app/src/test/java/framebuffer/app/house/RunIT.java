package framebuffer.app.house;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import framebuffer.testkit.Await;
import framebuffer.testkit.Commands;
import framebuffer.testkit.Commands.RunningCommand;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A house from its file: the example runs as it is, outlives a kill, and follows its file. */
class RunIT {
    @TempDir
    private Path folder;

    private Path file;

    @BeforeEach
    void copy() throws IOException {
        file = Files.copy(Path.of("..", "house.example.yaml"), folder.resolve("house.yaml"));
    }

    private static JsonNode camera(String url, String id) {
        return StreamSupport.stream(Commands.get(url + "/cameras").spliterator(), false)
                .filter(one -> one.path("camera_id").asText().equals(id)).findFirst()
                .orElse(Commands.get(url + "/frames/ledger").path("none"));
    }

    private static long total(String url, String figure) {
        return Commands.get(url + "/frames/ledger").path("total").path(figure).asLong();
    }

    private void edit(String before, String after) throws IOException {
        String text = Files.readString(file);
        assertThat(text).contains(before);
        Files.writeString(file, text.replace(before, after));
    }

    @Test
    void theExampleFindsPeopleAndLosesNothingWhenItIsKilled() throws Exception {
        try (Commands commands = new Commands(folder)) {
            RunningCommand house = commands.start("run", file.toString(), "--port", "0").says("ready");
            String first = house.url();
            Await.until("both cameras play", () -> camera(first, "front").path("video").path("state").asText()
                    .equals("playing") && camera(first, "yard").path("video").path("state").asText().equals("playing"));
            assertThat(camera(first, "yard").path("keep").asText()).isEqualTo("latest");
            assertThat(camera(first, "yard").path("max_age_ms").asLong()).isEqualTo(10_000);
            Await.until("a picture with what was found", () -> picture(first, "front") == 200);
            Await.until("frames are done", () -> total(first, "done") > 10);
            long before = total(first, "captured");
            house.process().destroyForcibly().waitFor();

            RunningCommand again = commands.start("run", file.toString(), "--port", "0").says("ready");
            String second = again.url();
            Await.until("all cameras are back", () -> camera(second, "front").path("frames_per_second").asDouble() > 0
                    && camera(second, "yard").path("frames_per_second").asDouble() > 0);
            Await.until("frames go on", () -> total(second, "captured") > before && total(second, "done") > before);
            assertThat(Commands.get(second + "/frames/ledger").path("balanced").asBoolean()).isTrue();
            assertThat(total(second, "lost")).isZero();
            again.stops(0);
        }
    }

    private static int picture(String url, String camera) {
        Commands.get(url + "/overview");
        try (HttpClient http = HttpClient.newHttpClient()) {
            return http.send(HttpRequest
                    .newBuilder(URI.create(url + "/cameras/" + camera + "/picture?capability=person_detection"))
                    .build(), BodyHandlers.discarding()).statusCode();
        } catch (IOException e) {
            return 0;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return 0;
        }
    }

    @Test
    void aChangeOfTheFileDisturbsNothingElse() throws Exception {
        try (Commands commands = new Commands(folder)) {
            RunningCommand house = commands.start("serve", "--config-file", file.toString(), "--port", "0")
                    .says("ready");
            Await.until("the camera plays",
                    () -> camera(house.url(), "yard").path("video").path("state").asText().equals("playing"));
            String since = camera(house.url(), "yard").path("video").path("since").asText();
            edit("priority: 5", "priority: 6");
            house.says("changed camera front");
            edit("instances: 2", "instances: 3");
            house.says("added detector people-3");
            edit("  - kind: motion", "  - kid: motion");
            house.says("unknown key kid; did you mean").says("everything runs on as before");
            edit("  - kid: motion", "  - kind: motion");
            house.says("has no fault any more");
            edit("rtsp://user:secret@10.0.0.7/stream\n    enabled: false", "nowhere.mp4");
            house.says("added camera garage");
            Await.until("a camera without video says why", () -> camera(house.url(), "garage").path("video")
                    .path("reason").asText().contains("no video file nowhere.mp4"));
            edit("port: 8002", "port: 8003");
            house.says("start again for the new value of port");
            String whole = Files.readString(file);
            Files.writeString(file, "");
            house.says("names no cameras and no detectors any more");
            Files.writeString(file, whole);
            assertThat(camera(house.url(), "yard").path("video").path("since").asText()).isEqualTo(since);
            house.stops(0);
        }
    }
}
