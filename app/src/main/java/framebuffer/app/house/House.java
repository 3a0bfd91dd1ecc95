package framebuffer.app.house;

import framebuffer.app.config.ConfigFile;
import framebuffer.app.config.ConfigSection;
import framebuffer.app.config.ConfigSection.Entry;
import framebuffer.app.terminal.CannotRun;
import framebuffer.bridge.notifications.NotificationRule;
import framebuffer.wire.Names;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What the file of a house describes. Two entries are equal when all their options are.
 *
 * @param cameras by id, in the order of the file, without those that are not enabled
 * @param detectors by id, in the order of the file, without those that are not enabled
 * @param notifications by name, in the order of the file, without those that are not enabled
 */
record House(Map<String, Entry<HouseCamera>> cameras, Map<String, Entry<HouseDetector.Detector>> detectors,
        Map<String, NotificationRule> notifications) {
    /** Neither cameras nor detectors. */
    static final House EMPTY = new House(Map.of(), Map.of(), Map.of());

    /**
     * Reads the sections of a file.
     *
     * @param mostDetectors most processors that the service accepts
     * @throws ConfigFile.ConfigFault names the line and the fault
     */
    static House of(ConfigFile file, int mostDetectors) {
        file.defaults().requireKnown(new HouseCamera());
        Map<String, Entry<HouseCamera>> cameras = new LinkedHashMap<>();
        for (ConfigSection section : file.section("cameras")) {
            Entry<HouseCamera> camera = camera(section, file.defaults());
            String id = camera.options().options().id();
            once(section, "camera", id, cameras.put(id, camera));
        }
        cameras.values().removeIf(camera -> !camera.options().enabled());
        Map<String, Entry<HouseDetector.Detector>> detectors = detectors(file, mostDetectors);
        return new House(cameras, detectors, HouseNotification.rules(file));
    }

    private static Map<String, Entry<HouseDetector.Detector>> detectors(ConfigFile file, int most) {
        Map<String, Entry<HouseDetector.Detector>> detectors = new LinkedHashMap<>();
        Set<String> disabled = new HashSet<>();
        Map<String, Integer> numbers = new HashMap<>();
        for (ConfigSection section : file.section("detectors")) {
            HouseDetector entry = section.without("options").fill(new HouseDetector(), ConfigSection.NOTHING).options();
            HouseDetector.Detector detector = entry.detector(section, section.within("options").values());
            for (String id : entry.ids(numbers)) {
                if (!Names.isId(id)) {
                    throw new ConfigFile.ConfigFault(section.located("the id of a detector " + Names.FORM));
                }
                once(section, "detector", id, detectors.put(id, new Entry<>(detector, List.of(detector))));
                if (!entry.enabled()) {
                    disabled.add(id);
                }
            }
        }
        detectors.keySet().removeAll(disabled);
        if (detectors.size() > most) {
            throw new ConfigFile.ConfigFault(file.section("detectors").getLast().located(
                    detectors.size() + " detectors are more than max-processors (" + most + ")"));
        }
        return detectors;
    }

    private static Entry<HouseCamera> camera(ConfigSection section, ConfigSection defaults) {
        Entry<HouseCamera> camera = section.fill(new HouseCamera(), defaults);
        try {
            camera.options().check();
            return camera;
        } catch (CannotRun e) {
            throw new ConfigFile.ConfigFault(section.located(String.valueOf(e.getMessage())), e);
        }
    }

    private static void once(ConfigSection section, String kind, String id, @Nullable Object before) {
        if (before != null) {
            throw new ConfigFile.ConfigFault(section.located("there is another " + kind + " " + id));
        }
    }

    boolean isEmpty() {
        return cameras.isEmpty() && detectors.isEmpty();
    }

    /** What is allowed, but probably not meant: one line each. */
    List<String> doubts() {
        TreeSet<String> needed = new TreeSet<>();
        cameras.values().forEach(camera -> needed.addAll(camera.options().options().needs()));
        detectors.values().forEach(detector -> detector.options().capabilities().forEach(needed::remove));
        List<String> doubts = new ArrayList<>(needed.stream().map(name -> "no detector of this file offers " + name
                + "; frames that need it wait until another processor registers for it").toList());
        doubts.addAll(HouseNotification.doubts(notifications.values(), cameras.keySet(), labels()));
        return doubts;
    }

    /** The labels that the detectors find; empty: nobody knows, because there are none, or one has labels of its own. */
    private Set<String> labels() {
        Set<String> labels = new TreeSet<>();
        for (Entry<HouseDetector.Detector> detector : detectors.values()) {
            Set<String> found = detector.options().kind().labels();
            if (found.isEmpty()) {
                return Set.of();
            }
            labels.addAll(found);
        }
        return labels;
    }
}
