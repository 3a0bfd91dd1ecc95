package framebuffer.app;

import static org.assertj.core.api.Assertions.assertThat;

import framebuffer.redis.RedisConnection;
import framebuffer.redis.Replies;
import framebuffer.redis.embedded.DataFolder;
import framebuffer.testkit.Await;
import framebuffer.testkit.Commands;
import framebuffer.testkit.Commands.RunningCommand;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Affinity routing in a running service. */
class AffinityIT {
    private static final Pattern REST = Pattern.compile("REST at (http://localhost:\\d+)");
    private static final int FRAMES = 60;

    @TempDir
    private Path folder;

    @Test
    void eachCameraHasOneProcessorWhichGetsItsFramesInOrder() throws Exception {
        try (Commands commands = new Commands(folder)) {
            RunningCommand service = commands.start("serve", "--port", "0", "--routing-strategy", "affinity")
                    .says("ready");
            Matcher rest = REST.matcher(service.errors());
            assertThat(rest.find()).isTrue();
            String url = rest.group(1);
            send(HttpRequest.newBuilder(URI.create(url + "/processors/register")).POST(registration("face-1")));
            send(HttpRequest.newBuilder(URI.create(url + "/processors/register")).POST(registration("face-2")));
            try (RedisConnection redis = RedisConnection.open(
                    DataFolder.runningIn(folder.resolve("data")).orElseThrow())) {
                for (int i = 0; i < FRAMES; i++) {
                    redis.call("XADD", "frames:capture", "*", "frame_id", "f" + i, "camera_id", "cam" + i % 4,
                            "detection_type", "face");
                }
                Await.until("all are handed off",
                        () -> queued(redis, "face-1").size() + queued(redis, "face-2").size() == FRAMES);
                List<String> one = queued(redis, "face-1");
                List<String> cameras = one.stream().map(frame -> frame.split(" ", -1)[0]).distinct().toList();
                assertThat(cameras).as("half of the four cameras").hasSize(2);
                cameras.forEach(camera -> assertThat(one.stream().filter(frame -> frame.startsWith(camera + ' ')))
                        .containsExactlyElementsOf(framesOf(camera)));
            }
            assertThat(send(HttpRequest.newBuilder(URI.create(url + "/metrics")).GET()))
                    .containsPattern("frame_buffer_orchestrator_info\\{[^}]*routing_strategy=\"affinity\"");
        }
    }

    private static HttpRequest.BodyPublisher registration(String id) {
        return BodyPublishers.ofString("{\"id\":\"" + id + "\",\"capabilities\":[\"face\"],\"capacity\":1000}");
    }

    private static String send(HttpRequest.Builder request) throws Exception {
        try (HttpClient http = HttpClient.newHttpClient()) {
            return http.send(request.build(), BodyHandlers.ofString()).body();
        }
    }

    /** Camera and frame of each entry in a queue, in order. */
    private static List<String> queued(RedisConnection redis, String processor) {
        return Replies.entries(redis.call("XRANGE", "frames:ready:" + processor, "-", "+")).stream()
                .map(entry -> Objects.requireNonNull(entry.fields()))
                .map(fields -> fields.text("camera_id") + ' ' + fields.text("frame_id")).toList();
    }

    private static List<String> framesOf(String camera) {
        return IntStream.range(0, FRAMES).filter(i -> camera.equals("cam" + i % 4))
                .mapToObj(i -> camera + " f" + i).toList();
    }
}
