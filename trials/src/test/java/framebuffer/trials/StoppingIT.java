package framebuffer.trials;

import framebuffer.redis.embedded.EmbeddedRedis;
import framebuffer.testkit.Await;
import framebuffer.testkit.Commands;
import framebuffer.testkit.Commands.RunningCommand;
import framebuffer.testkit.SilentServer;
import java.net.Socket;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** SIGTERM ends a trial at once, and the Redis server that it started with it. */
@Tag("long")
class StoppingIT {
    @TempDir
    private Path folder;

    @Test
    void aLoadThatWaitsForASilentService() throws Exception {
        try (SilentServer silent = new SilentServer();
                EmbeddedRedis redis = EmbeddedRedis.start(folder.resolve("redis"));
                Commands commands = new Commands(folder)) {
            RunningCommand load = commands.start("load", "--processors", "1", "--redis-url", redis.address().toString(),
                    "--orchestrator-url", "http://127.0.0.1:" + silent.port());
            try (Socket _ = silent.connectionOf(load)) {
                load.stops(143);
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"chaos --duration 1h --faults none, Logs in, 2", "bench handoff --rounds 99, '', 143"})
    void whoHasARedisServerOfItsOwn(String line, String says, int code) throws Exception {
        try (Commands commands = new Commands(folder)) {
            RunningCommand job = commands.start(line.split(" "));
            Await.until("it has started Redis: " + job.errors(), () -> redisOf(job).isPresent());
            ProcessHandle redis = redisOf(job.says(says)).orElseThrow();
            job.stops(code, 143);
            redis.onExit().get(60, TimeUnit.SECONDS);
        }
    }

    private static Optional<ProcessHandle> redisOf(RunningCommand job) {
        return job.process().descendants().filter(one -> one.info().command().orElse("").contains("redis")).findFirst();
    }
}
