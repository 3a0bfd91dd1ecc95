package framebuffer.orchestrator.cluster.membership;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;

/** Identifies the processes of one machine, and detects whether one of them has ended. */
final class LocalProcess {
    /** Changes at each boot; the same in all containers of the machine. */
    private static final Path BOOT = Path.of("/proc/sys/kernel/random/boot_id");
    /** Differs for each container with processes of its own. */
    private static final Path NAMESPACE = Path.of("/proc/self/ns/pid");
    private static final String UNKNOWN = "?";

    private LocalProcess() {
    }

    /** The identity of this process as text: machine and container, process id, start. */
    static String word() {
        ProcessHandle self = ProcessHandle.current();
        return place() + '/' + self.pid() + '/' + started(self);
    }

    /** Whether this process has certainly ended; false for one of another machine. */
    static boolean hasEnded(String word) {
        String[] parts = word.split("/", -1);
        String place = place();
        if (parts.length != 3 || place.equals(UNKNOWN) || !parts[0].equals(place)) {
            return false;
        }
        try {
            Optional<ProcessHandle> there = ProcessHandle.of(Long.parseLong(parts[1]));
            return there.isEmpty() || !there.get().isAlive() || !started(there.get()).equals(parts[2]);
        } catch (NumberFormatException e) {
            return false;
        }
    }

    private static String started(ProcessHandle process) {
        return process.info().startInstant().map(Instant::toEpochMilli).map(String::valueOf).orElse(UNKNOWN);
    }

    private static String place() {
        try {
            return Files.readString(BOOT).strip() + ':'
                    + Files.readSymbolicLink(NAMESPACE).toString().replaceAll("\\D", "");
        } catch (IOException | UnsupportedOperationException e) {
            // Not Linux: the caller then waits until the other process has been silent.
            return UNKNOWN;
        }
    }
}
