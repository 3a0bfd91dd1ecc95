package framebuffer.trials.chaos.faults;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;

/** A second instance under the name of one that runs. It must end by itself. For one thread at a time. */
final class Twin implements AutoCloseable {
    private final String name;
    private final Process process;

    /**
     * Starts it.
     *
     * @param name
     *            of both
     * @param line
     *            its command line
     * @param log
     *            what it says is added to this file
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

    /** What it ended with, or nothing while it runs. */
    OptionalInt exitCode() {
        return process.isAlive() ? OptionalInt.empty() : OptionalInt.of(process.exitValue());
    }

    /** In words. */
    @Override
    public String toString() {
        return "the twin of " + name + (process.isAlive() ? " runs" : " ended (" + process.exitValue() + ')');
    }

    @Override
    public void close() {
        process.destroyForcibly().onExit().join();
    }
}
