package framebuffer.app.launcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import framebuffer.redis.embedded.EmbeddedRedis;
import framebuffer.testkit.Await;
import framebuffer.testkit.Commands;
import framebuffer.testkit.Commands.RunningCommand;
import framebuffer.vision.camera.DemoClip;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Runs the program in foreign environments. */
class SurroundingsIT {
    private static final int CALLERS = 300;

    @TempDir
    private Path folder;
    private EmbeddedRedis redis;

    @BeforeEach
    void startRedis() {
        redis = EmbeddedRedis.start(folder.resolve("redis"));
    }

    @AfterEach
    void stopRedis() {
        redis.close();
    }

    @Test
    @Timeout(90)
    void afterMoreCallersThanItMayHaveFilesOpenTheServiceAnswersAgain() throws Exception {
        try (Commands commands = new Commands(folder)) {
            List<String> line = new ArrayList<>(List.of("sh", "-c", "ulimit -n 256 && exec \"$@\"", "sh"));
            line.addAll(Commands.line("serve", "--port", "0", "--redis-url", redis.address().toString()));
            RunningCommand service = commands.startOther(line).says("ready");
            URI url = URI.create(service.url());
            List<Socket> callers = new ArrayList<>();
            try {
                for (int i = 0; i < CALLERS; i++) {
                    callers.add(new Socket(InetAddress.getLoopbackAddress(), url.getPort()));
                }
            } catch (IOException e) {
                // More connections than the service accepts.
                assertThat(callers).hasSizeGreaterThan(10);
            } finally {
                for (Socket caller : callers) {
                    caller.close();
                }
            }
            Await.within(Duration.ofSeconds(30), "it answers again", () -> answers(url));
            assertThat(service.process().isAlive()).isTrue();
            assertThat(service.errors()).doesNotContain("\tat ")
                    .containsOnlyOnce("connections to the REST API instead of 1024: this process may open 256 files;"
                            + " raise the limit with ulimit -n");
        }
    }

    private static boolean answers(URI url) {
        try {
            return Commands.get(url + "/health").path("status").isTextual();
        } catch (UncheckedIOException e) {
            return false;
        }
    }

    @Test
    void camerasWhoseNamesDifferInAnUmlautAreTwoWhereTheLocaleKnowsNone() throws Exception {
        try (Commands commands = new Commands(folder, Map.of("LC_ALL", "C", "JAVA_HOME", jdk().toString()))) {
            String url = commands.start("serve", "--port", "0", "--redis-url", redis.address().toString())
                    .says("ready").url();
            for (String name : List.of("K\\303\\274che", "K\\303\\244che")) {
                commands.startOther(List.of("sh", "-c",
                        "name=$(printf '" + name + "') && cp '" + DemoClip.path() + "' \"$name.mp4\" && exec '"
                                + script() + "' camera \"$name.mp4\" --fps 1 --redis-url " + redis.address()
                                + " --id \"$name\""))
                        .says("shows");
            }
            Await.until("there are two cameras", () -> names(url).size() == 2);
            assertThat(names(url)).containsExactlyInAnyOrder("K\u00fcche", "K\u00e4che");
        }
    }

    @Test
    void whereTmpIsReadOnlyTheCacheIsTheUsersAndWhereNeitherCanBeWrittenOneLineSaysSo() throws Exception {
        Path tmp = Files.createDirectories(folder.resolve("tmp"));
        Path home = Files.createDirectories(folder.resolve("home"));
        Map<String, String> environment = Map.of("JDK_JAVA_OPTIONS", "-Djava.io.tmpdir=" + tmp, "HOME", home.toString(),
                "XDG_CACHE_HOME", "");
        mount("-t", "tmpfs", "-o", "ro", "tmpfs", tmp.toString());
        try (Commands commands = new Commands(folder, environment)) {
            commands.start("serve", "--port", "0").says("ready").stops(0);
            assertThat(home.resolve(".cache/frame-buffer")).isDirectory();
            mount("-t", "tmpfs", "-o", "ro", "tmpfs", home.toString());
            RunningCommand refused = commands.start("serve", "--port", "0", "--data-dir", "other");
            assertThat(refused.exitCode()).isEqualTo(2);
            assertThat(refused.errors().lines().filter(line -> !line.startsWith("NOTE: Picked up"))).singleElement()
                    .asString().contains(tmp.toString(), "cannot be written", "--cache-dir");
        } finally {
            new ProcessBuilder("umount", tmp.toString(), home.toString()).start().waitFor();
        }
    }

    private static void mount(String... arguments) throws Exception {
        List<String> line = new ArrayList<>(List.of("mount"));
        line.addAll(List.of(arguments));
        boolean mounted = new ProcessBuilder(line).start().waitFor() == 0;
        if (System.getenv("CI") == null) {
            assumeTrue(mounted, "this user may not mount");
        }
        assertThat(mounted).as("mounted").isTrue();
    }

    private static List<String> names(String url) {
        return Commands.get(url + "/cameras").findValuesAsText("camera_id");
    }

    /** An installation of our script without sources to build. */
    private Path script() throws IOException {
        Path installation = folder.resolve("installation");
        if (Files.notExists(installation)) {
            Path target = Files.createDirectories(installation.resolve("app/target"));
            Files.createDirectories(installation.resolve("build"));
            Files.copy(Path.of("../frame-buffer"), installation.resolve("frame-buffer"));
            Files.copy(Path.of("../build/find-jdk"), installation.resolve("build/find-jdk"));
            Files.writeString(target.resolve("frame-buffer.jar"), "a jar");
            Files.writeString(Files.createDirectories(installation.resolve("trials/target")).resolve("trials.jar"),
                    "a jar");
        }
        return installation.resolve("frame-buffer");
    }

    /** A JDK whose java command runs the classes of this build, whatever jar the launcher names. */
    private Path jdk() throws IOException {
        Path jdk = Files.createDirectories(folder.resolve("jdk/bin")).getParent();
        String java = """
                #!/bin/sh
                case "$*" in
                  *-version*) echo 'openjdk version "25.0.1"' >&2; exit 0 ;;
                  *AOTCacheOutput=*)
                    for one in "$@"; do case $one in -XX:AOTCacheOutput=*) : >"${one#*=}" ;; esac; done
                    exit 0 ;;
                esac
                while [ "$1" != framebuffer.app.Main ]; do shift; done
                shift
                exec '%s' --enable-native-access=ALL-UNNAMED -cp '%s' framebuffer.app.Main "$@"
                """.formatted(Path.of(System.getProperty("java.home"), "bin", "java"),
                System.getProperty("java.class.path"));
        for (String program : List.of("java", "javac")) {
            Path file = Files.writeString(jdk.resolve("bin/" + program), java);
            Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
        }
        return jdk;
    }
}
