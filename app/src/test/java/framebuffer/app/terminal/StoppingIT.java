package framebuffer.app.terminal;

import static org.assertj.core.api.Assertions.assertThat;

import framebuffer.redis.embedded.EmbeddedRedis;
import framebuffer.testkit.Await;
import framebuffer.testkit.Commands;
import framebuffer.testkit.Commands.RunningCommand;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** SIGTERM ends every command at once, also while it waits for somebody who accepts a connection and says nothing. */
class StoppingIT {
    /** Long before whatever they wait for would give up; they take less than a second on a machine that has nothing else to do. */
    private static final int SECONDS = 4;

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
            "top --orchestrator-url http://127.0.0.1:SILENT, 0",
            "trace f --follow --orchestrator-url http://127.0.0.1:SILENT, 0",
            "load --processors 1 --redis-url REDIS --orchestrator-url http://127.0.0.1:SILENT, 143",
            "dead-letters list --orchestrator-url http://127.0.0.1:SILENT, 143"})
    void whoElseWaitsForSomebodySilent(String line, int code) throws Exception {
        stopsWhileSomebodyIsSilent(line, code);
    }

    private void stopsWhileSomebodyIsSilent(String line, int code) throws Exception {
        try (ServerSocket silent = new ServerSocket(0, 8, InetAddress.getLoopbackAddress());
                EmbeddedRedis redis = EmbeddedRedis.start(folder.resolve("redis"));
                Commands commands = new Commands(folder)) {
            RunningCommand command = commands.start(line.replace("SILENT", Integer.toString(silent.getLocalPort()))
                    .replace("REDIS", redis.address().toString()).split(" "));
            try (Socket _ = silent.accept()) {
                stops(command, code);
            }
        }
    }

    @Test
    void aCameraThatWaitsForAServiceToStart() throws Exception {
        try (Commands commands = new Commands(folder)) {
            stops(commands.start("camera", "webcam:0", "--id", "c").says("waiting: no embedded Redis"), 0);
        }
    }

    @Test
    void aCameraThatWaitsForItsVideoSaysSoOnce() throws Exception {
        try (EmbeddedRedis redis = EmbeddedRedis.start(folder.resolve("redis"));
                Commands commands = new Commands(folder)) {
            RunningCommand camera = commands.start("camera", "http://127.0.0.1:" + freePort() + "/1", "--id", "c",
                    "--redis-url", redis.address().toString()).says("is away");
            stops(camera, 0);
            assertThat(camera.errors()).containsOnlyOnce("is away");
        }
    }

    @Tag("long")
    @ParameterizedTest
    @CsvSource({"chaos --duration 1h --faults none, Logs in, 2", "bench handoff --rounds 99, '', 143"})
    void whoHasSomethingToDo(String line, String says, int code) throws Exception {
        try (Commands commands = new Commands(folder)) {
            RunningCommand job = commands.start(line.split(" "));
            Await.until("it has started Redis", () -> job.process().descendants()
                    .anyMatch(one -> one.info().command().orElse("").contains("redis")));
            job.says(says);
            ProcessHandle redis = job.process().descendants()
                    .filter(one -> one.info().command().orElse("").contains("redis")).findFirst().orElseThrow();
            job.process().destroy();
            assertThat(job.process().waitFor(SECONDS, TimeUnit.SECONDS)).as(job.errors()).isTrue();
            assertThat(job.process().exitValue()).as(job.errors()).isIn(code, 143);
            redis.onExit().get(60, TimeUnit.SECONDS);
        }
    }

    private static void stops(RunningCommand command, int code) throws InterruptedException {
        command.process().destroy();
        assertThat(command.process().waitFor(SECONDS, TimeUnit.SECONDS)).as("it still runs: %s", command.errors())
                .isTrue();
        assertThat(command.process().exitValue()).as(command.errors()).isEqualTo(code);
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
