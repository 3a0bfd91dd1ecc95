package framebuffer.trials.chaos.faults;

import framebuffer.app.terminal.CannotRun;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;

/** The program of a processor that uses the Python client. */
public final class PythonScript {
    private static final String NAME = "chaos_processor.py";

    private PythonScript() {
    }

    /** Writes the program into this folder. Returns its path. */
    static Path in(Path folder) {
        Path script = folder.resolve(NAME);
        try (InputStream text = PythonScript.class.getResourceAsStream("/framebuffer/trials/chaos/" + NAME)) {
            Files.write(script, Objects.requireNonNull(text).readAllBytes());
            return script;
        } catch (IOException e) {
            throw new UncheckedIOException(script.toString(), e);
        }
    }

    /**
     * The absolute path of an interpreter that can import the client.
     *
     * @throws CannotRun when it cannot, or is not there
     */
    public static String usable(String program) throws InterruptedException {
        String absolute = program.contains("/") ? Path.of(program).toAbsolutePath().toString() : program;
        try {
            Process tried = new ProcessBuilder(absolute, "-c", "import detektor.processor")
                    .redirectError(ProcessBuilder.Redirect.DISCARD).redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            if (tried.waitFor() == 0) {
                return absolute;
            }
        } catch (IOException e) {
            throw new CannotRun("cannot start " + program + ": run clients/python/test once, or name a Python with"
                    + " --python-program", e);
        }
        throw new CannotRun(program + " cannot import detektor.processor: install the client for it"
                + " (pip install clients/python)");
    }
}
