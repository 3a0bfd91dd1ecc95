package framebuffer.app.terminal;

import static org.assertj.core.api.Assertions.assertThat;

import framebuffer.redis.embedded.EmbeddedRedis;
import framebuffer.testkit.Commands;
import framebuffer.testkit.Commands.RunningCommand;
import framebuffer.testkit.SilentServer;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** SIGTERM ends every command at once, even while it waits for a server that accepts a connection and stays silent. */
class StoppingIT {
    @TempDir
    private Path folder;

    @ParameterizedTest
    @CsvSource({"camera http://127.0.0.1:SILENT/1 --id c --redis-url REDIS, 0",
            "detector motion --redis-url REDIS --orchestrator-url http://127.0.0.1:SILENT, 0",
            "serve --port 0 --redis-url redis://127.0.0.1:SILENT, 0",
            "processors --orchestrator-url http://127.0.0.1:SILENT, 143"})
    void whoWaitsForSomebodySilent(String line, int code) throws Exception {
        stopsWhileSomebodyIsSilent(line, code);
    }

    @Tag("long")
    @ParameterizedTest
    @CsvSource({"camera rtsp://127.0.0.1:SILENT/1 --id c --redis-url REDIS --wait false, 0",
            "camera http://127.0.0.1:1/1 --id c --redis-url redis://127.0.0.1:SILENT, 0",
            "detector motion --redis-url redis://127.0.0.1:SILENT, 0",
            "demo --port 0 --redis-url redis://127.0.0.1:SILENT, 0",
            "migrate stand-in --port 0 --redis-url redis://127.0.0.1:SILENT, 0",
            "split-proxy --port 0 --old http://127.0.0.1:1 --new http://127.0.0.1:1 --redis-url redis://127.0.0.1:SILENT, 0",
            "top --orchestrator-url http://127.0.0.1:SILENT, 0",
            "results --follow --orchestrator-url http://127.0.0.1:SILENT, 0",
            "trace f --follow --orchestrator-url http://127.0.0.1:SILENT, 0",
            "dead-letters list --orchestrator-url http://127.0.0.1:SILENT, 143",
            "route --orchestrator-url http://127.0.0.1:SILENT, 143", "ledger --redis-url redis://127.0.0.1:SILENT, 143",
            "ledger reconcile --yes --redis-url redis://127.0.0.1:SILENT, 143",
            "partitions --orchestrator-url http://127.0.0.1:SILENT, 143",
            "partitions resize --to 3 --redis-url redis://127.0.0.1:SILENT, 143"})
    void whoElseWaitsForSomebodySilent(String line, int code) throws Exception {
        stopsWhileSomebodyIsSilent(line, code);
    }

    private void stopsWhileSomebodyIsSilent(String line, int code) throws Exception {
        try (SilentServer silent = new SilentServer();
                EmbeddedRedis redis = EmbeddedRedis.start(folder.resolve("redis"));
                Commands commands = new Commands(folder)) {
            RunningCommand command = commands.start(line.replace("SILENT", Integer.toString(silent.port()))
                    .replace("REDIS", redis.address().toString()).split(" "));
            try (Socket _ = silent.connectionOf(command)) {
                command.stops(code);
            }
        }
    }

    @Test
    void aCameraThatWaitsForAServiceToStart() throws Exception {
        try (Commands commands = new Commands(folder)) {
            commands.start("camera", "webcam:0", "--id", "c").says("waiting: no embedded Redis").stops(0);
        }
    }

    @Test
    void aCameraThatWaitsForItsVideoSaysSoOnce() throws Exception {
        try (EmbeddedRedis redis = EmbeddedRedis.start(folder.resolve("redis"));
                ServerSocket server = new ServerSocket(0, 8, InetAddress.getLoopbackAddress());
                Commands commands = new Commands(folder)) {
            RunningCommand camera = commands.start("camera", "http://127.0.0.1:" + server.getLocalPort() + "/1", "--id",
                    "c", "--redis-url", redis.address().toString());
            for (int attempt = 0; attempt < 4; attempt++) {
                server.accept().close();
            }
            camera.says("is unavailable").stops(0);
            assertThat(camera.errors()).containsOnlyOnce("is unavailable");
        }
    }
}
