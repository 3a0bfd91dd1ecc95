package framebuffer.app.house;

import framebuffer.app.config.ConfigFile;
import framebuffer.app.config.ConfigSection;
import framebuffer.app.config.ValueRange;
import framebuffer.app.detect.DetectorKind;
import framebuffer.app.detect.DetectorOptions;
import framebuffer.wire.Names;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options of a detector in the file of a house: those of the command {@code detector}, and how many run. */
final class HouseDetector {
    /** Most detectors of one entry. */
    private static final String MOST = "64";

    @Option(names = "--kind", required = true)
    private String kind = "";

    @Option(names = {"--id", "--processor-id"})
    private @Nullable String id;

    @ValueRange(least = "1", most = MOST)
    @Option(names = "--instances", defaultValue = "1")
    private int instances;

    @Option(names = {"--capabilities", "--processor-capabilities"}, split = "\\s*,\\s*")
    private List<String> capabilities = List.of();

    @ValueRange(least = "1", most = "1000000")
    @Option(names = "--capacity", defaultValue = "8")
    private int capacity;

    @ValueRange(least = "1", most = "1000000")
    @Option(names = {"--concurrency", "--max-concurrent-frames"}, defaultValue = "1")
    private int concurrency;

    @ValueRange(least = "1s", most = "1h")
    @Option(names = "--heartbeat-interval", defaultValue = "5s")
    private Duration heartbeatInterval = Duration.ofSeconds(5);

    @ValueRange(least = "1", most = "100000000")
    @Option(names = "--results-max", defaultValue = "100000")
    private int resultsMax;

    @Option(names = "--enabled", defaultValue = "true")
    private boolean enabled;

    /**
     * One detector of an entry.
     *
     * @param special options of its kind only, by name
     */
    record Detector(DetectorKind kind, List<String> capabilities, int capacity, int concurrency,
            Duration heartbeatInterval, int resultsMax, Map<String, String> special) {
        /** Its options, checked. */
        DetectorOptions options() {
            return DetectorOptions.of(kind, special);
        }
    }

    boolean enabled() {
        return enabled;
    }

    /**
     * The ids of its detectors: the id itself, or the id or kind with a number.
     *
     * @param numbers how many detectors of each kind without an id came before; changed by this call
     */
    List<String> ids(Map<String, Integer> numbers) {
        if (id != null && instances == 1) {
            return List.of(id);
        }
        int before = id == null ? numbers.getOrDefault(kind, 0) : 0;
        numbers.merge(kind, id == null ? instances : 0, Integer::sum);
        return IntStream.rangeClosed(before + 1, before + instances).mapToObj(n -> (id == null ? kind : id) + "-" + n)
                .toList();
    }

    /**
     * The detector that each of its instances is.
     *
     * @param entry its place in the file
     * @param special options of its kind only
     * @throws ConfigFile.ConfigFault when the kind or an option of the kind does not exist, or does not fit
     */
    Detector detector(ConfigSection entry, Map<String, String> special) {
        try {
            DetectorKind found = DetectorKind.named(kind);
            if (!capabilities.stream().allMatch(Names::isCapability)) {
                throw new IllegalArgumentException("a capability must have 1 to 128 printable characters");
            }
            if (concurrency > capacity) {
                throw new IllegalArgumentException(
                        "concurrency " + concurrency + " must not be above capacity " + capacity);
            }
            Detector detector = new Detector(found,
                    capabilities.isEmpty() ? List.of(found.capability()) : capabilities, capacity, concurrency,
                    heartbeatInterval, resultsMax, special);
            detector.options();
            return detector;
        } catch (IllegalArgumentException e) {
            throw new ConfigFile.ConfigFault(entry.located(String.valueOf(e.getMessage())), e);
        }
    }
}
