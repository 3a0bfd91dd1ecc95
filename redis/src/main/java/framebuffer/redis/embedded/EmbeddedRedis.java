package framebuffer.redis.embedded;

import framebuffer.redis.RedisAddress;
import framebuffer.redis.RedisAddress.ConnectTimeouts;
import framebuffer.redis.RedisConnection;
import framebuffer.redis.RedisRefused;
import framebuffer.redis.RedisUnavailable;
import framebuffer.redis.Replies;
import framebuffer.wire.Secret;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A {@code redis-server} process on a loopback port. Its append-only file is synced each second: a restart loses nothing, a power cut at
 * most the last second. Its owner must close it after all its users.
 */
public final class EmbeddedRedis implements AutoCloseable {
    private static final String LOG = "redis.log";
    private static final Duration START_WITHIN = Duration.ofSeconds(30);
    private static final Duration STOP_WITHIN = Duration.ofSeconds(5);
    private static final Duration FIRST_PAUSE = Duration.ofMillis(100);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(5);
    private static final int LOUD_AFTER = 5;
    private static final int FIRST_PORT = 20_000;
    private static final int PORTS = 12_000;
    /** Starts at random, so that two processes seldom try the same port at the same time. */
    private static final AtomicInteger NEXT_PORT = new AtomicInteger(ThreadLocalRandom.current().nextInt(PORTS));
    private static final Logger log = LoggerFactory.getLogger(EmbeddedRedis.class);

    // A terminal sends Ctrl-C to all its processes; the server must outlive its users. macOS has no setsid.
    private static final List<String> SESSION_OF_ITS_OWN = Files.isExecutable(Path.of("/usr/bin/setsid"))
            ? List.of("/usr/bin/setsid")
            : List.of();

    private final RedisAddress address;
    private final DataFolder folder;
    private final Launch launch;
    private final ReentrantLock launching = new ReentrantLock();
    private final CountDownLatch closing = new CountDownLatch(1);
    private volatile Process process;

    // Files of Redis that others cannot read. "$@" are the arguments after "sh".
    private static final List<String> OTHERS_READ_NOTHING = List.of("/bin/sh", "-c", "umask 077; exec \"$@\"", "sh");

    /**
     * The program and its additional options.
     *
     * @param password null: none
     */
    private record Launch(Path program, List<String> options, @Nullable Secret password) {
        Process in(Path folder, int port) throws IOException {
            List<String> command = new ArrayList<>(SESSION_OF_ITS_OWN);
            command.addAll(OTHERS_READ_NOTHING);
            // "-": further options come from standard input. Every user of the machine can read a command line.
            command.addAll(List.of(program.toString(), "-", "--port", Integer.toString(port), "--bind", "127.0.0.1",
                    "--dir", folder.toAbsolutePath().toString(), "--appendonly", "yes", "--appendfsync", "everysec",
                    "--save", ""));
            command.addAll(options);
            PrivateFiles.createFile(folder.resolve(LOG));
            Process process = new ProcessBuilder(command).redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.appendTo(folder.resolve(LOG).toFile())).start();
            try (Writer more = process.outputWriter(StandardCharsets.US_ASCII)) {
                more.write(password == null ? "\n" : "requirepass " + password.reveal() + '\n');
            }
            return process;
        }

        RedisAddress address(int port) {
            // Some clients log in with an empty name if the address has none.
            return password == null
                    ? RedisAddress.local(port)
                    : new RedisAddress("127.0.0.1", port, false, "default", password, 0, ConnectTimeouts.DEFAULT);
        }
    }

    private EmbeddedRedis(Process process, RedisAddress address, DataFolder folder, Launch launch) {
        this.process = process;
        this.address = address;
        this.folder = folder;
        this.launch = launch;
    }

    /** Like {@link #start(Path, int, List)}, on a free port. */
    public static EmbeddedRedis start(Path folder) {
        return start(folder, freePort(), List.of());
    }

    /** Like {@link #start(Path, int, List, Path)}, with the bundled program. */
    public static EmbeddedRedis start(Path path, int port, List<String> options) {
        return start(path, port, options, null);
    }

    /**
     * Starts a server without a password, for tests and measurements, and waits until it answers. First stops a server that a killed
     * process left in this folder.
     *
     * @param path folder for its data and its log {@code redis.log}; created if missing
     * @param port on the loopback interface
     * @param options further command-line options of redis-server
     * @param program a redis-server, 7.0 or later; null: the bundled one, so that results do not depend on the machine
     * @throws IllegalStateException when the folder is in use, or the server does not start; the message names the remedy
     */
    public static EmbeddedRedis start(Path path, int port, List<String> options, @Nullable Path program) {
        return start(path, port, _ -> new Launch(
                program == null ? CacheFolder.ofEnvironment().redisServer() : program, List.copyOf(options), null));
    }

    /**
     * Like {@link #start(Path, int, List, Path)}, with a random password, which the folder keeps in a file that only this user can read.
     *
     * @param path folder for its data; afterwards only this user can read what Redis has written there
     */
    public static EmbeddedRedis startWithPassword(Path path, int port, RedisProgram program) {
        return start(path, port, folder -> new Launch(program.path(), List.of(), folder.password()));
    }

    /** Makes the launch in a folder that is locked. */
    private interface Preparation {
        Launch in(DataFolder folder) throws IOException;
    }

    private static EmbeddedRedis start(Path path, int port, Preparation preparation) {
        DataFolder folder = DataFolder.open(path);
        Process process = null;
        try {
            folder.retireServer();
            Launch launch = preparation.in(folder);
            RedisAddress address = launch.address(port);
            // Write this before the start: if this process is killed while Redis loads its data, the next process must find the server.
            folder.announce(address);
            process = launch.in(path, port);
            EmbeddedRedis redis = new EmbeddedRedis(process, address, folder, launch);
            redis.awaitReady();
            return redis;
        } catch (IOException e) {
            abandon(process, folder);
            throw new UncheckedIOException("cannot start the embedded Redis in " + path + ": " + e.getMessage(), e);
        } catch (RuntimeException e) {
            abandon(process, folder);
            throw e;
        }
    }

    private static void abandon(@Nullable Process process, DataFolder folder) {
        if (process != null) {
            process.destroyForcibly().onExit().join();
        }
        folder.close();
    }

    /**
     * Restarts the server on the same port, with its data, whenever its process ends, until it is closed. Retries without limit, with
     * pauses from 0.1 s to 5 s.
     */
    public EmbeddedRedis keptAlive() {
        Thread.ofVirtual().name("redis-watch").start(this::watch);
        return this;
    }

    private void watch() {
        try {
            while (closing.getCount() > 0) {
                int code = process.waitFor();
                if (closing.getCount() > 0) {
                    log.error("the embedded Redis ended unexpectedly ({}); starting it again; see {}", code, log());
                    revive();
                }
            }
        } catch (InterruptedException e) {
            log.debug("the embedded Redis is no longer watched");
        }
    }

    private void revive() throws InterruptedException {
        Duration pause = FIRST_PAUSE;
        for (int tries = 1; !closing.await(pause.toNanos(), TimeUnit.NANOSECONDS); tries++) {
            try {
                launchAgain();
                awaitReady();
                log.info("the embedded Redis is back at {}", address);
                return;
            } catch (IOException | IllegalStateException | RedisRefused e) {
                process.destroyForcibly();
                if (tries == 1) {
                    log.warn("{}; trying again", e.getMessage());
                } else if (tries == LOUD_AFTER) {
                    log.error("the embedded Redis could not be started {} times; nothing works without it; see {};"
                            + " trying again", tries, log());
                }
                pause = pause.multipliedBy(2).compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : pause.multipliedBy(2);
            }
        }
    }

    /** Does not restart a server that is being closed. */
    private void launchAgain() throws IOException {
        launching.lock();
        try {
            if (closing.getCount() > 0) {
                process = launch.in(folder.path(), address.port());
            }
        } finally {
            launching.unlock();
        }
    }

    private Path log() {
        return folder.path().resolve(LOG);
    }

    /** The address of the server. */
    public RedisAddress address() {
        return address;
    }

    /** The data folder. */
    public Path data() {
        return folder.path().toAbsolutePath();
    }

    /** The server's process. */
    public ProcessHandle process() {
        return process.toHandle();
    }

    /** Stops the server, which first writes all data to disk. */
    @Override
    public void close() {
        launching.lock();
        try {
            closing.countDown();
        } finally {
            launching.unlock();
        }
        process.destroy();
        try {
            if (!process.waitFor(STOP_WITHIN.toMillis(), TimeUnit.MILLISECONDS)) {
                process.destroyForcibly().waitFor();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        } finally {
            folder.close();
        }
    }

    private void awaitReady() {
        long deadline = System.nanoTime() + START_WITHIN.toNanos();
        while (process.isAlive() && System.nanoTime() < deadline) {
            try (RedisConnection connection = RedisConnection.open(address)) {
                connection.call("PING");
                // A previous user of the port would answer too.
                if (Replies.text(connection.call("INFO", "server")).contains("process_id:" + process.pid() + "\r\n")) {
                    return;
                }
                DataFolder.pause();
            } catch (RedisUnavailable e) {
                DataFolder.pause();
            } catch (RedisRefused e) {
                // Another server on this port refuses our password; then our process will end.
                if (launch.password() == null) {
                    throw e;
                }
                DataFolder.pause();
            }
        }
        throw new IllegalStateException("the embedded Redis did not start on port " + address.port()
                + (folder.isOfAnotherProgram()
                        ? ": another program may have written its data; name that program with --redis-server"
                        : "")
                + "; see " + log());
    }

    /**
     * A free port of the loopback interface. Each call returns another port. The ports are below the range from which systems take ports of
     * outgoing connections; otherwise such a connection could take the port before the server listens.
     *
     * @throws IllegalStateException when no port from 20000 to 31999 is free
     */
    public static int freePort() {
        for (int tried = 0; tried < PORTS; tried++) {
            int port = FIRST_PORT + Math.floorMod(NEXT_PORT.getAndIncrement(), PORTS);
            try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
                return socket.getLocalPort();
            } catch (IOException e) {
                log.debug("port {} is in use: {}", port, e.getMessage());
            }
        }
        throw new IllegalStateException("no port from " + FIRST_PORT + " to " + (FIRST_PORT + PORTS - 1) + " is free");
    }
}
