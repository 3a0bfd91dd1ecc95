package framebuffer.trials.chaos.faults;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A process that is restarted whenever it ends, unless it is held down. It ends with its standard input, so it does not outlive us. For one
 * thread at a time.
 */
final class Child implements AutoCloseable {
    /** The variables that processes of a run inherit. */
    static final List<String> ENVIRONMENT = List.of("PATH", "HOME", "LANG", "TMPDIR");

    private static final Duration PAUSE = Duration.ofMillis(500);
    private static final Duration STOP_WITHIN = Duration.ofSeconds(12);

    private final String name;
    private final List<String> line;
    private final Path log;
    private @Nullable Process process;
    private boolean heldDown;
    /** Whether we have killed the process or requested its end. */
    private boolean ending;
    private long endBy;
    private long startAt = System.nanoTime();

    /**
     * @param line its command line
     * @param log file to which its output is appended
     */
    Child(String name, List<String> line, Path log) {
        this.name = name;
        this.line = List.copyOf(line);
        this.log = log;
    }

    /** Restarts the process if it has ended and may run. Returns an observation if it ended on its own, or did not stop on request. */
    Optional<String> keepUp(long now) {
        Process before = process;
        if (before != null && before.isAlive()) {
            if (ending && now - endBy > 0) {
                before.destroyForcibly();
                endBy = now + STOP_WITHIN.toNanos();
                return Optional.of(name + " did not stop within " + STOP_WITHIN.toSeconds() + " s and was killed");
            }
            return Optional.empty();
        }
        process = null;
        if (before != null && !ending) {
            startAt = now + PAUSE.toNanos();
            return Optional.of(name + " ended on its own (" + before.exitValue() + ')');
        }
        if (!heldDown && now - startAt >= 0) {
            start();
        }
        return Optional.empty();
    }

    private void start() {
        try {
            ProcessBuilder builder = new ProcessBuilder(line).redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
            builder.environment().keySet().retainAll(ENVIRONMENT);
            process = builder.start();
            ending = false;
        } catch (IOException e) {
            throw new UncheckedIOException("cannot start " + name, e);
        }
    }

    /** Kills the process, and holds it down. */
    void kill() {
        toEnd();
        Process running = process;
        if (running != null) {
            running.destroyForcibly();
        }
    }

    /** Requests a graceful end, and holds the process down. */
    void stop() {
        toEnd();
        Process running = process;
        if (running != null) {
            running.destroy();
        }
    }

    private void toEnd() {
        heldDown = true;
        ending = true;
        endBy = System.nanoTime() + STOP_WITHIN.toNanos();
    }

    /** Allows a restart after its end. */
    void letUp() {
        heldDown = false;
        startAt = System.nanoTime();
    }

    private static void end(Process running) {
        try {
            if (!running.waitFor(STOP_WITHIN.toMillis(), TimeUnit.MILLISECONDS)) {
                running.destroyForcibly().waitFor();
            }
        } catch (InterruptedException e) {
            running.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }

    void signal(Signal signal) {
        Process running = process;
        if (running != null && running.isAlive()) {
            signal.to(running.toHandle());
        }
    }

    /** Writes a line to its standard input, if the process runs. */
    void say(String text) {
        Process running = process;
        if (running == null) {
            return;
        }
        try {
            OutputStream in = running.getOutputStream();
            in.write((text + '\n').getBytes(StandardCharsets.UTF_8));
            in.flush();
        } catch (IOException e) {
            // The process has ended; the next restart handles it.
            running.destroyForcibly();
        }
    }

    @Override
    public void close() {
        kill();
        Process running = process;
        if (running != null) {
            end(running);
        }
    }
}
