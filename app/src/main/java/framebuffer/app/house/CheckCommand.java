package framebuffer.app.house;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import framebuffer.app.config.ConfigFile;
import framebuffer.app.config.ConfigSources;
import framebuffer.app.config.FlagOnly;
import framebuffer.app.detect.DetectorKind;
import framebuffer.app.help.Essential;
import framebuffer.app.help.Examples;
import framebuffer.app.serve.ServeOptions;
import framebuffer.app.terminal.CannotRun;
import framebuffer.app.terminal.Table;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Shows what {@code run} would run, without running it. */
@Command(name = "check", header = "Checks such a file, and shows what run would start.", mixinStandardHelpOptions = true, description = {
        "Checks the file of a house, and shows the cameras and detectors that `run` would start.",
        "Exit code 0: the file has no fault. 2: it has one, which the message names with its line."})
@Examples("frame-buffer check house.example.yaml")
public final class CheckCommand implements Callable<Integer> {
    @Spec
    @SuppressWarnings("NullAway.Init") // Set by picocli before anything runs.
    private CommandSpec spec;

    @Parameters(paramLabel = ConfigSources.FILE_PARAMETER, description = "The file of the house.")
    private Path file = Path.of("");

    @Essential
    @FlagOnly
    @Option(names = "--json", description = "Prints one JSON object.")
    private boolean json;

    @Mixin
    private final ServeOptions options = new ServeOptions();

    private final List<String> notes = new ArrayList<>();

    @Override
    public Integer call() {
        options.check();
        House house = house();
        PrintWriter out = spec.commandLine().getOut();
        if (json) {
            out.println(json(house).toPrettyString());
        } else {
            print(house, out);
        }
        out.flush();
        return 0;
    }

    private House house() {
        try {
            ConfigFile read = ConfigSources.fileOf(spec.commandLine()).orElseThrow();
            read.keys().stream().filter(key -> spec.findOption("--" + key) == null).sorted()
                    .forEach(key -> notes.add(key + " is an option of other commands; `run` does not use it here"));
            House house = House.of(read, options.maxProcessors());
            loadModels(house);
            notes.addAll(house.doubts());
            notes.addAll(HouseNotification.neverMatched(house.notifications().values(), options.redis()));
            if (!options.hasBroker()) {
                house.notifications().values().stream().filter(rule -> rule.mqttTopic() != null).forEach(
                        rule -> notes.add("notification " + rule.name()
                                + " has an mqtt-topic, but there is no mqtt-url"));
            }
            return house;
        } catch (ConfigFile.ConfigFault e) {
            throw new CannotRun(String.valueOf(e.getMessage()), e);
        }
    }

    /** A model may be damaged, or of another form: its file shows that only when it is loaded. */
    private void loadModels(House house) {
        Set<Map<String, String>> loaded = new HashSet<>();
        house.detectors().forEach((id, detector) -> {
            HouseDetector.Detector options = detector.options();
            if (options.kind() == DetectorKind.ONNX && loaded.add(options.special())) {
                try {
                    options.kind().make(options.options()).close();
                } catch (IllegalArgumentException e) {
                    throw new CannotRun(file + ": detector " + id + ": " + e.getMessage(), e);
                }
            }
        });
    }

    private void print(House house, PrintWriter out) {
        if (house.isEmpty()) {
            out.println(file + " has no fault, but names no camera and no detector that is enabled.");
            return;
        }
        Table cameras = new Table("CAMERA", "SOURCE", "FPS", "NEEDS", "PRIORITY", "POLICY");
        house.cameras().forEach((id, camera) -> cameras.row(id, camera.options().options().source(),
                camera.options().options().fps(), needs(camera.options()), camera.options().options().priority(),
                policy(camera.options())));
        Table detectors = new Table("DETECTOR", "KIND", "OFFERS", "CAPACITY", "OPTIONS");
        house.detectors().forEach((id, detector) -> detectors.row(id, detector.options().kind().word(),
                String.join(", ", detector.options().capabilities()), detector.options().capacity(),
                String.join(", ", detector.options().special().keySet())));
        cameras.print(out);
        out.println();
        detectors.print(out);
        out.println();
        if (!house.notifications().isEmpty()) {
            Table rules = new Table("NOTIFICATION", "CAMERAS", "LABELS", "SCORE", "HOURS", "AT MOST EVERY", "TO");
            house.notifications().values().forEach(rule -> rules.row(HouseNotification.cells(rule)));
            rules.print(out);
            out.println();
        }
        notes.forEach(note -> out.println("Note: " + note + "."));
        out.println(file + " has no fault.");
    }

    private static String policy(HouseCamera camera) {
        return camera.policy().map(policy -> Stream.of(
                Optional.ofNullable(policy.keep()).map(keep -> "keep " + keep.word()),
                Optional.ofNullable(policy.maxAge()).map(age -> "at most " + age.toMillis() / 1e3 + " s old"))
                .flatMap(Optional::stream).collect(Collectors.joining(", "))).orElse("");
    }

    private static String needs(HouseCamera camera) {
        List<String> needs = camera.options().needs();
        return needs.isEmpty() ? "any detector" : String.join(", ", needs);
    }

    private ObjectNode json(House house) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        ArrayNode cameras = json.putArray("cameras");
        house.cameras().forEach((id, camera) -> {
            ObjectNode one = cameras.addObject().put("id", id)
                    .put("source", camera.options().options().source())
                    .put("fps", camera.options().options().fps())
                    .put("priority", camera.options().options().priority());
            ArrayNode needs = one.putArray("capabilities");
            camera.options().options().needs().forEach(needs::add);
        });
        ArrayNode detectors = json.putArray("detectors");
        house.detectors().forEach((id, detector) -> {
            ArrayNode offers = detectors.addObject().put("id", id).put("kind", detector.options().kind().word())
                    .put("capacity", detector.options().capacity()).putArray("capabilities");
            detector.options().capabilities().forEach(offers::add);
        });
        ArrayNode rules = json.putArray("notifications");
        house.notifications().keySet().forEach(name -> rules.addObject().put("name", name));
        ArrayNode all = json.putArray("notes");
        notes.forEach(all::add);
        return json;
    }
}
