package framebuffer.trials.bench.rig;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;
import java.util.stream.Stream;

/** The memory of a process, in megabytes; empty: unknown. */
public final class Memory {
    private Memory() {
    }

    /** The current memory. */
    public static OptionalLong resident(long pid) {
        return read(pid, "VmRSS:");
    }

    /** The maximum so far. */
    public static OptionalLong peak(long pid) {
        return read(pid, "VmHWM:");
    }

    private static OptionalLong read(long pid, String figure) {
        try (Stream<String> lines = Files.lines(Path.of("/proc", String.valueOf(pid), "status"))) {
            return lines.filter(line -> line.startsWith(figure)).map(line -> line.replaceAll("\\D", ""))
                    .mapToLong(Long::parseLong).map(kilobytes -> kilobytes / 1_024).findFirst();
        } catch (IOException e) {
            return OptionalLong.empty();
        }
    }
}
