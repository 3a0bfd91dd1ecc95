package framebuffer.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Runs the command like its users, as a separate process. */
public final class Commands implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();
    public static final Pattern REST = Pattern.compile("REST at (https?://localhost:\\d+)");
    private static final List<String> SERVICES = List.of("serve", "run", "demo");
    private static final Duration WITHIN = Duration.ofMinutes(2);

    private final Path folder;
    private final Map<String, String> environment;
    /** The password and token in tests. */
    private static final Pattern PLANTED = Pattern.compile("pl4nted|s3cret|\\bhush\\b");
    private final List<Process> started = new ArrayList<>();
    private final List<Path> written = new ArrayList<>();

    public Commands(Path folder) {
        this(folder, Map.of());
    }

    /** Creates commands with these environment variables. */
    public Commands(Path folder, Map<String, String> environment) {
        this.folder = folder;
        this.environment = Map.copyOf(environment);
    }

    /** A running command. */
    public record RunningCommand(Process process, Path out, Path err) {
        public String output() {
            return read(out);
        }

        public String errors() {
            return read(err);
        }

        /** The address of a ready service. */
        public String url() {
            Matcher address = REST.matcher(errors());
            if (!address.find()) {
                throw new AssertionError("no address: " + errors());
            }
            return address.group(1);
        }

        /** Waits until the command has printed this. */
        public RunningCommand prints(String text) {
            Await.until("it prints " + text, () -> output().contains(text) || !process.isAlive());
            if (!output().contains(text)) {
                throw new AssertionError("ended without printing " + text + ": " + errors());
            }
            return this;
        }

        /** Waits until the command has printed this to standard error. */
        public RunningCommand says(String text) {
            Await.until("it says " + text, () -> errors().contains(text));
            return this;
        }

        public int exitCode() throws InterruptedException {
            if (!process.waitFor(WITHIN.toSeconds(), TimeUnit.SECONDS)) {
                throw new AssertionError("still running: " + errors());
            }
            return process.exitValue();
        }

        /**
         * Sends SIGTERM, and asserts that the command ends within 4 s (on an idle machine, in less than 1 s) with one of these exit codes.
         */
        public void stops(int... codes) throws InterruptedException {
            process.destroy();
            assertThat(process.waitFor(4, TimeUnit.SECONDS)).as("it still runs: %s", errors()).isTrue();
            assertThat(codes).as(errors()).contains(process.exitValue());
        }

        private static String read(Path file) {
            try {
                return Files.readString(file, StandardCharsets.UTF_8);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    /** Starts the command; a service with the bundled Redis, so that results do not depend on the programs of this machine. */
    public RunningCommand start(String... arguments) throws IOException {
        List<String> all = new ArrayList<>(List.of(arguments));
        if (SERVICES.contains(all.getFirst()) && !all.contains("--redis-server")) {
            all.addAll(List.of("--redis-server", "bundled"));
        }
        return startOther(line(all.toArray(String[]::new)));
    }

    /** The command line of the command. */
    public static List<String> line(String... arguments) {
        List<String> line = new ArrayList<>();
        line.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        // The coverage agent of this process also measures its children.
        ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
                .filter(argument -> argument.startsWith("-javaagent")).map(Commands::fromItsOwnFolder)
                .forEach(line::add);
        // For short-lived processes, the first compiler alone halves the CPU time.
        line.addAll(List.of("-XX:TieredStopAtLevel=1", "--enable-native-access=ALL-UNNAMED", "-cp",
                System.getProperty("java.class.path"),
                MeasuredMain.class.getName()));
        line.addAll(List.of(arguments));
        return line;
    }

    /** Runs a foreign command. */
    public RunningCommand startOther(List<String> line) throws IOException {
        Path out = Files.createTempFile(folder, "out", ".txt");
        Path err = Files.createTempFile(folder, "err", ".txt");
        ProcessBuilder builder = new ProcessBuilder(line).directory(folder.toFile()).redirectOutput(out.toFile())
                .redirectError(err.toFile());
        builder.environment().keySet().removeIf(name -> name.startsWith("FRAME_BUFFER_"));
        List.of("REDIS_URL", "PORT", "HOST", "API_TOKEN", "ORCHESTRATOR_URL", "CONFIG_FILE")
                .forEach(builder.environment()::remove);
        builder.environment().putAll(environment);
        Process process = builder.start();
        started.add(process);
        written.addAll(List.of(out, err));
        return new RunningCommand(process, out, err);
    }

    private static String fromItsOwnFolder(String agent) {
        int file = agent.indexOf("destfile=") + "destfile=".length();
        return agent.substring(0, file) + Path.of("").toAbsolutePath().resolve(agent.substring(file))
                + ",dumponexit=false";
    }

    public static boolean isInstalled(String command) {
        return Stream.of(System.getenv("PATH").split(File.pathSeparator, -1))
                .anyMatch(folder -> Files.isExecutable(Path.of(folder, command)));
    }

    public static JsonNode get(String url) {
        return send(HttpRequest.newBuilder(URI.create(url)).build());
    }

    public static JsonNode post(String url, String body) {
        return send(HttpRequest.newBuilder(URI.create(url)).POST(BodyPublishers.ofString(body)).build());
    }

    /** Returns the response with any status. */
    public static String text(String url) {
        return sent(HttpRequest.newBuilder(URI.create(url)).build());
    }

    private static JsonNode send(HttpRequest request) {
        try {
            return JSON.readTree(sent(request));
        } catch (IOException e) {
            throw new UncheckedIOException(request.uri().toString(), e);
        }
    }

    private static String sent(HttpRequest request) {
        try (HttpClient http = HttpClient.newHttpClient()) {
            return http.send(request, BodyHandlers.ofString()).body();
        } catch (IOException e) {
            throw new UncheckedIOException(request.uri().toString(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        started.forEach(Process::destroy);
        for (Process process : started) {
            try {
                if (!process.waitFor(20, TimeUnit.SECONDS)) {
                    process.destroyForcibly();
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                process.destroyForcibly();
            }
        }
        for (Path file : written) {
            if (PLANTED.matcher(RunningCommand.read(file)).find()) {
                throw new AssertionError("a secret was printed: " + RunningCommand.read(file));
            }
        }
    }
}
