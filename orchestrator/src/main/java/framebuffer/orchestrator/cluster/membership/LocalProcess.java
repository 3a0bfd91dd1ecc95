package framebuffer.orchestrator.cluster.membership;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;

/** Tells processes of one machine from each other, and whether one that is named has ended. */
final class LocalProcess {
    /** Another after each start of the machine; the same in all its containers. */
    private static final Path BOOT = Path.of("/proc/sys/kernel/random/boot_id");
    /** Another in each container that has processes of its own. */
    private static final Path NAMESPACE = Path.of("/proc/self/ns/pid");
    private static final String UNKNOWN = "?";

    private LocalProcess() {
    }

    /** Machine and container, number, start: as a word. */
    static String word() {
        ProcessHandle self = ProcessHandle.current();
        return place() + '/' + self.pid() + '/' + started(self);
    }

    /** Whether this process has ended for certain. Of one on another machine that is not known. */
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
            // Not Linux: then it is waited until the other has been silent.
            return UNKNOWN;
        }
    }
}
