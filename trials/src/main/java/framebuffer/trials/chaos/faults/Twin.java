package framebuffer.trials.chaos.faults;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;

/** A second instance under the name of a running one. It must end on its own. For one thread at a time. */
final class Twin implements AutoCloseable {
    private final String name;
    private final Process process;

    /**
     * Starts the twin.
     *
     * @param name name of both instances
     * @param line its command line
     * @param log file to which its output is appended
     */
    Twin(String name, List<String> line, Path log) {
        this.name = name;
        try {
            ProcessBuilder builder = new ProcessBuilder(line).redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
            builder.environment().keySet().retainAll(Child.ENVIRONMENT);
            process = builder.start();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot start the twin of " + name, e);
        }
    }

    /** Its exit code; empty while it runs. */
    OptionalInt exitCode() {
        return process.isAlive() ? OptionalInt.empty() : OptionalInt.of(process.exitValue());
    }

    /** Its state as text. */
    @Override
    public String toString() {
        return "the twin of " + name + (process.isAlive() ? " runs" : " ended (" + process.exitValue() + ')');
    }

    @Override
    public void close() {
        process.destroyForcibly().onExit().join();
    }
}
