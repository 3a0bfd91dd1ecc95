package framebuffer.trials.chaos.faults;

import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** The command line of a small JVM of this program, with the options of this JVM. */
final class JavaLine {
    // Without an agent: a killed JVM would leave a corrupt agent file.
    private static final List<String> INHERITED = List.of("-XX:AOTCache=", "-XX:+UseCompactObjectHeaders", "-Xlog:");
    /** For a fast start, and several JVMs on a small machine. */
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
