package framebuffer.trials.chaos.faults;

import java.io.IOException;
import java.io.UncheckedIOException;

/** Signals that Java cannot send itself. */
enum Signal {
    STOP, CONT;

    /** Sends the signal; does nothing if the process has ended. */
    void to(ProcessHandle process) {
        try {
            new ProcessBuilder("sh", "-c", "kill -" + name() + ' ' + process.pid())
                    .redirectError(ProcessBuilder.Redirect.DISCARD).start().waitFor();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot send SIG" + name(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
