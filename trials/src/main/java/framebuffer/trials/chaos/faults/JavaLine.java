package framebuffer.trials.chaos.faults;

import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** How a JVM of this program is started: a small one, with what this one was given for its start. */
final class JavaLine {
    // No agent: what it writes when a JVM ends would be torn, for these are killed.
    private static final List<String> INHERITED = List.of("-XX:AOTCache=", "-XX:+UseCompactObjectHeaders", "-Xlog:");
    /** It starts fast, and several fit on a small machine. */
    private static final List<String> SMALL = List.of("-Xms32m", "-Xmx256m", "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1", "--enable-native-access=ALL-UNNAMED");

    private JavaLine() {
    }

    static List<String> of(String main, String... arguments) {
        List<String> line = new ArrayList<>();
        line.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
                .filter(given -> INHERITED.stream().anyMatch(given::startsWith)).forEach(line::add);
        line.addAll(SMALL);
        line.addAll(List.of("-cp", System.getProperty("java.class.path"), main));
        line.addAll(Arrays.asList(arguments));
        return line;
    }
}
