package framebuffer.app.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Runs the launcher script in foreign environments, with a fake JDK that prints its arguments. */
class LauncherTest {
    private static final String TELLING_JAVA = """
            #!/bin/sh
            case "$*" in
              *-version*) echo 'openjdk version "25.0.1"' >&2; exit 0 ;;
              *AOTCacheOutput=*)
                for one in "$@"; do case $one in -XX:AOTCacheOutput=*) : >"${one#*=}"; echo learnt >>"$0.log"; env >>"$0.log" ;; esac; done
                exit 0 ;;
            esac
            for one in "$@"; do printf '%s\\n' "$one"; done
            echo "LC_ALL=${LC_ALL:-}"
            """;

    @TempDir
    private Path folder;
    private Path installation;
    private Path jdk;
    private final Map<String, String> environment = new HashMap<>();

    @BeforeEach
    void install() throws IOException {
        // Another user may run the script.
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
        installation = Files.createDirectories(folder.resolve("our K\u00fcche"));
        Path target = Files.createDirectories(installation.resolve("app/target"));
        Files.createDirectories(installation.resolve("build"));
        Files.copy(Path.of("../frame-buffer"), installation.resolve("frame-buffer"));
        Files.copy(Path.of("../build/find-jdk"), installation.resolve("build/find-jdk"));
        Files.writeString(target.resolve("frame-buffer.jar"), "a jar");
        Files.writeString(Files.createDirectories(installation.resolve("trials/target")).resolve("trials.jar"),
                "a jar");
        Files.setLastModifiedTime(target.resolve("frame-buffer.jar"), FileTime.from(Instant.now().minusSeconds(60)));
        jdk = Files.createDirectories(folder.resolve("jdk/bin")).getParent();
        for (String program : List.of("java", "javac")) {
            Files.writeString(jdk.resolve("bin/" + program), TELLING_JAVA);
            Files.setPosixFilePermissions(jdk.resolve("bin/" + program), PosixFilePermissions.fromString("rwxr-xr-x"));
        }
        environment.putAll(Map.of("PATH", System.getenv("PATH"), "JAVA_HOME", jdk.toString(), "HOME",
                folder.resolve("home").toString(), "LANG", "C.UTF-8"));
    }

    private record Ran(int code, String out, String err) {
        Ran fine() {
            assertThat(err).isEmpty();
            assertThat(code).isZero();
            return this;
        }

        List<String> lines() {
            return out.lines().toList();
        }
    }

    private Ran run(List<String> line) {
        try {
            Path out = Files.createTempFile(folder, "out", "");
            Path err = Files.createTempFile(folder, "err", "");
            ProcessBuilder builder = new ProcessBuilder(line).directory(folder.toFile()).redirectOutput(out.toFile())
                    .redirectError(err.toFile());
            builder.environment().clear();
            builder.environment().putAll(environment);
            int code = builder.start().waitFor();
            return new Ran(code, Files.readString(out), Files.readString(err, StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private Ran run(Path script, String... arguments) {
        return run(Stream.concat(Stream.of(script.toString()), Stream.of(arguments)).toList());
    }

    private Path script() {
        return installation.resolve("frame-buffer");
    }

    private String jar() {
        return installation.resolve("app/target/frame-buffer.jar").toString();
    }

    @Test
    void itRunsWhatIsInstalledWithTheArgumentsAsTheyAre() {
        assertThat(run(script(), "serve", "--key-prefix", "a b*").fine().lines())
                .anySatisfy(line -> assertThat(line).startsWith(jar() + ":"))
                .containsSubsequence("framebuffer.app.Main", "serve", "--key-prefix", "a b*");
    }

    @Test
    void throughLinksItFindsItsInstallation() throws IOException {
        Path links = Files.createDirectories(folder.resolve("some/links"));
        Path absolute = Files.createSymbolicLink(links.resolve("absolute"), script());
        Path relative = Files.createSymbolicLink(folder.resolve("relative"), Path.of("some/links/absolute"));
        for (Path link : List.of(absolute, relative)) {
            assertThat(run(link, "serve").fine().out()).contains(jar() + ":");
        }
    }

    @Test
    void anExportedCdpathLeadsNowhereElse() {
        environment.put("CDPATH", folder + ":/");
        assertThat(run(List.of("our K\u00fcche/frame-buffer", "serve")).fine().out()).contains(jar() + ":");
    }

    @Test
    void withoutAHomeItRuns() {
        environment.remove("HOME");
        assertThat(run(script(), "serve").fine().out()).contains(jar() + ":");
        environment.put("HOME", "/nonexistent");
        assertThat(run(script(), "serve").fine().out()).contains(jar() + ":");
    }

    @ParameterizedTest
    @ValueSource(strings = {"C", "POSIX", "", "no_SUCH.locale"})
    void namesAreUtf8WhateverTheLocale(String locale) {
        environment.put("LANG", locale);
        assertThat(run(script(), "serve").fine().lines()).last().asString().containsIgnoringCase("utf");
    }

    @Test
    void aLocaleOfUtf8IsLeftAlone() {
        assertThat(run(script(), "serve").fine().lines()).endsWith("LC_ALL=");
    }

    @Test
    void aTemporaryFolderThatIsNotThereIsReplacedByTheUsersOwn() {
        assertThat(run(script(), "serve").fine().out()).doesNotContain("java.io.tmpdir");
        environment.put("TMPDIR", folder.resolve("missing").toString());
        Path own = folder.resolve("home/.cache/frame-buffer/tmp");
        assertThat(run(script(), "serve").fine().lines()).contains("-Djava.io.tmpdir=" + own);
        assertThat(own).isDirectory();
    }

    @Test
    void whatItLearnsForLaterStartsItLearnsOnceAndWithoutTheUsersSettings() throws IOException {
        environment.putAll(Map.of("REDIS_URL", "redis://production:6379", "FRAME_BUFFER_WINDOW", "7"));
        String cache = "-XX:AOTCache=" + installation.resolve("app/target/frame-buffer.aot");
        assertThat(run(script(), "serve").fine().lines()).contains(cache);
        assertThat(run(script(), "serve").fine().lines()).contains(cache);
        assertThat(Files.readString(jdk.resolve("bin/java.log"))).containsOnlyOnce("learnt")
                .doesNotContain("production", "FRAME_BUFFER_WINDOW");
        try (Stream<Path> left = Files.list(installation.resolve("app/target"))) {
            assertThat(left.map(path -> path.getFileName().toString())).containsExactlyInAnyOrder("frame-buffer.jar",
                    "frame-buffer.aot");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"processors", "ledger --json", "-h", "serve --help", "help camera"})
    void whatOnlyAsksHasACacheOfItsOwn(String words) {
        assertThat(run(script(), words.split(" ")).fine().lines())
                .contains("-XX:AOTCache=" + installation.resolve("app/target/queries.aot"), "-XX:+UseSerialGC");
        assertThat(installation.resolve("app/target/frame-buffer.aot")).doesNotExist();
    }

    @Test
    void theVersionOfAJdkIsInItsReleaseFile() throws IOException {
        Files.writeString(jdk.resolve("release"), "IMPLEMENTOR=\"X\"\nJAVA_VERSION=\"17.0.9\"\n");
        assertThat(run(script(), "serve").lines()).doesNotContain("serve");
        Files.writeString(jdk.resolve("release"), "IMPLEMENTOR=\"X\"\nJAVA_VERSION=\"25-ea\"\n");
        assertThat(run(script(), "serve").fine().lines()).contains("serve");
    }

    /** Runs the script as a user without write access to the installation. */
    private Ran runAsAnother(String... arguments) throws IOException {
        List<String> line = new ArrayList<>();
        Path home = Files.createDirectories(folder.resolve("home"));
        if (Files.isWritable(Path.of("/"))) {
            Files.setPosixFilePermissions(home, PosixFilePermissions.fromString("rwxrwxrwx"));
            Files.writeString(jdk.resolve("bin/java.log"), "");
            Files.setPosixFilePermissions(jdk.resolve("bin/java.log"), PosixFilePermissions.fromString("rw-rw-rw-"));
            line.addAll(List.of("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"));
        } else {
            for (Path one : List.of(installation, installation.resolve("app/target"))) {
                Files.setPosixFilePermissions(one, PosixFilePermissions.fromString("r-xr-xr-x"));
            }
        }
        line.add(script().toString());
        line.addAll(List.of(arguments));
        return run(line);
    }

    @Test
    void whoMayNotWriteToTheInstallationKeepsWhatIsLearntInAFolderOfTheirOwn() throws IOException {
        // A newer source file would trigger a build, if one were possible.
        Files.createDirectories(installation.resolve("app/src/main"));
        Files.writeString(installation.resolve("app/src/main/Newer.java"), "");
        for (int i = 0; i < 2; i++) {
            assertThat(runAsAnother("serve").fine().lines()).anySatisfy(
                    line -> assertThat(line).startsWith("-XX:AOTCache=" + folder.resolve("home/.cache/frame-buffer/")));
        }
        Path named = folder.resolve("home/named");
        environment.put("FRAME_BUFFER_CACHE_DIR", named.toString());
        assertThat(runAsAnother("serve").fine().out()).contains("-XX:AOTCache=" + named);
    }

    @Test
    void whatIsNotBuiltIsSaidToWhoMayNotBuildIt() throws IOException {
        Files.delete(installation.resolve("app/target/frame-buffer.jar"));
        Ran ran = runAsAnother("serve");
        assertThat(ran.code()).isEqualTo(2);
        assertThat(ran.err().lines()).hasSize(1).first().asString().contains("not built yet", installation.toString());
    }
}
