package framebuffer.app.camera;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import framebuffer.redis.RedisConnection;
import framebuffer.redis.embedded.EmbeddedRedis;
import framebuffer.redis.tables.CameraReportStore;
import framebuffer.testkit.Await;
import framebuffer.testkit.Commands;
import framebuffer.testkit.Commands.RunningCommand;
import framebuffer.wire.Keys;
import framebuffer.wire.control.CameraReport;
import framebuffer.wire.control.CameraReport.Phase;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the camera command logs, and how it ends. */
class CameraLogIT {
    @TempDir
    private Path folder;
    private EmbeddedRedis redis;

    @BeforeEach
    void start() {
        redis = EmbeddedRedis.start(folder.resolve("redis"));
    }

    @AfterEach
    void stop() {
        redis.close();
    }

    private RunningCommand camera(Commands commands, String source) throws Exception {
        return commands.start("camera", source, "--id", "yard", "--fps", "10", "--redis-url",
                redis.address().toString());
    }

    private static byte[] picture() throws Exception {
        ByteArrayOutputStream jpeg = new ByteArrayOutputStream();
        ImageIO.write(new BufferedImage(64, 48, BufferedImage.TYPE_INT_RGB), "jpg", jpeg);
        return jpeg.toByteArray();
    }

    @Test
    void anAddressWithOnePictureIsLoggedWhenItGoesAwayAndWhenItIsBack() throws Exception {
        byte[] picture = picture();
        AtomicBoolean away = new AtomicBoolean(true);
        AtomicInteger asked = new AtomicInteger();
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/yard.jpg", exchange -> {
            try (exchange) {
                boolean refused = away.get();
                exchange.getResponseHeaders().set("Content-Type", "image/jpeg");
                exchange.sendResponseHeaders(refused ? 503 : 200, refused ? -1 : picture.length);
                if (!refused) {
                    exchange.getResponseBody().write(picture);
                }
            }
            asked.incrementAndGet();
        });
        server.start();
        try (Commands commands = new Commands(folder)) {
            RunningCommand camera = camera(commands, "http://127.0.0.1:" + server.getAddress().getPort() + "/yard.jpg");
            askedAgain(asked, 3);
            assertThat(lines(camera, "is unavailable")).isOne();
            away.set(false);
            askedAgain(asked, 20);
            assertThat(lines(camera, "is available")).isOne();
            away.set(true);
            askedAgain(asked, 3);
            camera.stops(0);
            assertThat(lines(camera, "is unavailable")).as(camera.errors()).isEqualTo(2);
            assertThat(lines(camera, "is available")).as(camera.errors()).isOne();
        } finally {
            server.stop(0);
        }
    }

    private static void askedAgain(AtomicInteger asked, int times) {
        int before = asked.get();
        Await.until("it asks again", () -> asked.get() >= before + times);
    }

    private static long lines(RunningCommand camera, String text) {
        return camera.errors().lines().filter(line -> line.contains(text)).count();
    }

    @Test
    void aFileOfWhichMostCannotBeDecodedEndsWithExitCode1() throws Exception {
        try (Commands commands = new Commands(folder)) {
            RunningCommand camera = camera(commands,
                    Path.of("../vision/src/test/resources/video/corrupt.ts").toAbsolutePath().normalize().toString());
            assertThat(camera.exitCode()).as(camera.errors()).isOne();
            assertThat(camera.errors()).contains("28 could not be decoded");
            assertThat(reports()).as("it is missed").isEmpty();
        }
    }

    @Test
    void thatARecordingHasEndedStaysKnownAfterTheCommand() throws Exception {
        try (Commands commands = new Commands(folder)) {
            RunningCommand camera = camera(commands, Path
                    .of("../vision/src/test/resources/video/offset3600.ts").toAbsolutePath().normalize().toString());
            assertThat(camera.exitCode()).as(camera.errors()).isZero();
            assertThat(reports()).hasEntrySatisfying("yard",
                    report -> assertThat(report.phase()).isEqualTo(Phase.ENDED));
        }
    }

    private Map<String, CameraReport> reports() {
        try (RedisConnection connection = RedisConnection.open(redis.address())) {
            return CameraReportStore.list(connection, Keys.DEFAULT);
        }
    }
}
