package framebuffer.app.config;

import framebuffer.wire.text.NearestName;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;

/**
 * A YAML configuration file with one key per line, such as {@code redis-url: redis://host}. A key with a dot may be nested; a list may be a
 * YAML list. Values are plain text: {@code no} does not mean false. {@link Substitution} fills in secrets.
 *
 * <p>
 * The sections {@code cameras}, {@code detectors}, {@code notifications} and {@code defaults} describe a house: lists of entries, each a mapping; or a mapping of
 * ids to entries.
 */
public final class ConfigFile {
    private static final Set<String> SECTIONS = Set.of("cameras", "detectors", "defaults", "notifications");

    /** A mapping under this key holds the options whose names begin with it and a hyphen. */
    private static final String MQTT = "mqtt";

    private static final int MOST_BYTES = 4 * 1024 * 1024;
    private static final int DEEPEST = 8;
    private static final String CORE_TAGS = "tag:yaml.org,2002:";

    private final Path path;
    private final Set<String> known;
    private final Substitution secrets;
    private final Map<String, OptionValue> values = new HashMap<>();
    private final Map<String, List<ConfigSection>> sections = new HashMap<>();

    /** The file cannot be used. The message, one line, names the place and the reason, and repeats no value. */
    public static final class ConfigFault extends RuntimeException {
        private static final long serialVersionUID = 1;

        public ConfigFault(String message) {
            super(UsageErrors.masked(message));
        }

        public ConfigFault(String message, Throwable cause) {
            super(UsageErrors.masked(message), cause);
        }
    }

    private ConfigFile(Path path, Set<String> known, Substitution secrets) {
        this.path = path;
        this.known = known;
        this.secrets = secrets;
    }

    /**
     * Reads a file.
     *
     * @param known the keys that the file may contain outside its sections
     * @throws ConfigFault when the file cannot be read, is not YAML, or contains an unknown key
     */
    static ConfigFile read(Path path, Set<String> known, Map<String, String> environment) {
        ConfigFile file = new ConfigFile(path, known, new Substitution(environment));
        file.compose();
        return file;
    }

    private void compose() {
        try {
            LoadSettings settings = LoadSettings.builder().setAllowNonScalarKeys(true).build();
            new Compose(settings).composeString(text(path)).ifPresent(this::root);
        } catch (MarkedYamlEngineException e) {
            // The name of an alias may be a password that begins with an asterisk.
            throw new ConfigFault(path + e.getProblemMark().map(mark -> ":" + (mark.getLine() + 1)).orElse("") + ": "
                    + e.getProblem().replaceFirst("(alias) .*", "$1").replaceAll("\\s+", " "));
        } catch (YamlEngineException e) {
            throw new ConfigFault(path + " is not YAML", e);
        } catch (StackOverflowError e) {
            throw new ConfigFault(path + " is nested too deeply", e);
        }
    }

    private static String text(Path path) {
        try {
            if (Files.isRegularFile(path) && Files.size(path) > MOST_BYTES) {
                throw new ConfigFault("the configuration file " + path + " is larger than " + MOST_BYTES + " bytes");
            }
            return Files.readString(path);
        } catch (NoSuchFileException e) {
            throw new ConfigFault("there is no configuration file " + path);
        } catch (CharacterCodingException e) {
            throw new ConfigFault("the configuration file " + path + " is not UTF-8 text");
        } catch (IOException e) {
            throw new ConfigFault("cannot read the configuration file " + path + ": " + e.getMessage());
        }
    }

    /**
     * Reads the file again.
     *
     * @throws ConfigFault when the file can no longer be used
     */
    public ConfigFile again() {
        ConfigFile file = new ConfigFile(path, known, secrets);
        file.compose();
        return file;
    }

    public Path path() {
        return path;
    }

    /** Whether the file can be read again: not if it is a pipe. */
    public boolean isReadable() {
        return Files.isRegularFile(path);
    }

    /** Whether the file has a section that describes a house. */
    public boolean hasSections() {
        return !sections.isEmpty();
    }

    /** The keys outside the sections. */
    public Set<String> keys() {
        return Set.copyOf(values.keySet());
    }

    /** The entries of a section; empty when the file has none. */
    public List<ConfigSection> section(String name) {
        return sections.getOrDefault(name, List.of());
    }

    /** The entry {@code defaults}; without keys when the file has none. */
    public ConfigSection defaults() {
        return section("defaults").stream().findFirst().orElse(ConfigSection.NOTHING);
    }

    /** Whether another reading of the file has the same values. */
    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof ConfigFile file && plain().equals(file.plain());
    }

    @Override
    public int hashCode() {
        return plain().hashCode();
    }

    private Map<String, Object> plain() {
        Map<String, Object> all = new HashMap<>();
        values.forEach((key, value) -> all.put(key, value.value()));
        sections.forEach((name, entries) -> all.put("section " + name,
                entries.stream().map(ConfigSection::values).toList()));
        return all;
    }

    /** The keys outside the sections that differ from another reading of the file. */
    public List<String> changedKeys(ConfigFile before) {
        return Stream.concat(values.keySet().stream(), before.values.keySet().stream()).distinct().sorted()
                .filter(key -> !find(key).map(OptionValue::value).equals(before.find(key).map(OptionValue::value)))
                .toList();
    }

    /** The value of a key. */
    Optional<OptionValue> find(String key) {
        return Optional.ofNullable(values.get(key));
    }

    private void root(Node node) {
        switch (node) {
            case MappingNode keys -> mapping("", keys);
            case ScalarNode nothing when scalar(nothing).isEmpty() -> {
            }
            default -> throw faulty(node, "write keys and values, such as port: 8002");
        }
    }

    private void mapping(String within, MappingNode node) {
        for (NodeTuple entry : node.getValue()) {
            ScalarNode name = plain(entry.getKeyNode());
            String key = within + name.getValue();
            if (key.equals(MQTT) && entry.getValueNode() instanceof MappingNode options) {
                mapping(MQTT + "-", options);
            } else if (SECTIONS.contains(key) && isSection(key, entry.getValueNode())) {
                section(key, entry.getValueNode());
            } else if (entry.getValueNode() instanceof MappingNode keys
                    && known.stream().anyMatch(k -> k.startsWith(key + "."))) {
                mapping(key + ".", keys);
            } else {
                option(key, name, entry.getValueNode());
            }
        }
    }

    /** {@code cameras: 4} is also an option of the demo. */
    private boolean isSection(String key, Node node) {
        return !known.contains(key) || !(node instanceof ScalarNode scalar) || !scalar(scalar).matches("\\d+");
    }

    /** The entries of {@code defaults}, which is one entry, or of a list, or of a mapping of ids to entries. */
    private void section(String name, Node node) {
        List<ConfigSection> entries = new ArrayList<>();
        switch (node) {
            case ScalarNode nothing when scalar(nothing).isEmpty() -> {
            }
            case MappingNode one when name.equals("defaults") -> entries.add(entry(one, Map.of()));
            case MappingNode byId -> {
                for (NodeTuple tuple : byId.getValue()) {
                    ScalarNode id = plain(tuple.getKeyNode());
                    entries.add(entry(tuple.getValueNode(), Map.of("id", new OptionValue(scalar(id), here(id)))));
                }
            }
            case SequenceNode list -> list.getValue().forEach(one -> entries.add(entry(one, Map.of())));
            default -> throw faulty(node, name + " must be a list of entries");
        }
        if (sections.put(name, entries) != null) {
            throw faulty(node, name + " is set twice");
        }
    }

    private ConfigSection entry(Node node, Map<String, OptionValue> given) {
        Map<String, OptionValue> found = new LinkedHashMap<>(given);
        if (!(node instanceof MappingNode keys)) {
            throw faulty(node, "write the keys of this entry with their values, such as id: front");
        }
        collect("", keys, found, 0);
        return new ConfigSection(path, line(node), found);
    }

    /** Adds all keys of an entry; those of a mapping within it with a dot. An anchor may make a mapping contain itself. */
    private void collect(String within, MappingNode node, Map<String, OptionValue> into, int depth) {
        if (depth > DEEPEST) {
            throw faulty(node, "the entry is nested too deeply");
        }
        for (NodeTuple tuple : node.getValue()) {
            ScalarNode name = plain(tuple.getKeyNode());
            String key = within + name.getValue();
            if (key.equals("<<")) {
                throw faulty(name, "<< is not understood; write what cameras have in common under defaults");
            }
            if (tuple.getValueNode() instanceof MappingNode inner && !inner.getValue().isEmpty()) {
                collect(key + ".", inner, into, depth + 1);
            } else if (into.put(key, value(key, name, tuple.getValueNode())) != null) {
                throw faulty(name, key + " is set twice");
            }
        }
    }

    private ScalarNode plain(Node node) {
        if (node instanceof ScalarNode scalar) {
            return scalar;
        }
        throw faulty(node, "a key must be a plain word");
    }

    private OptionValue.Line here(Node node) {
        return new OptionValue.Line(path, line(node), false);
    }

    private OptionValue value(String key, ScalarNode name, Node node) {
        boolean filledIn = node instanceof ScalarNode scalar && Substitution.isIn(scalar.getValue());
        return new OptionValue(text(key, node), new OptionValue.Line(path, line(name), filledIn));
    }

    private void option(String key, ScalarNode name, Node node) {
        if (!known.contains(key)) {
            List<String> words = Stream.concat(known.stream(), SECTIONS.stream()).toList();
            throw faulty(name, "unknown key " + key
                    + NearestName.to(key, words).map(word -> "; did you mean " + word + "?").orElse(""));
        }
        if (values.put(key, value(key, name, node)) != null) {
            throw faulty(name, key + " is set twice");
        }
    }

    private String text(String key, Node node) {
        return switch (node) {
            case ScalarNode scalar -> scalar(scalar);
            case SequenceNode list -> list(key, list.getValue());
            default -> throw faulty(node, key + " must be one value, not several keys");
        };
    }

    private String list(String key, List<Node> nodes) {
        return nodes.stream().map(node -> switch (node) {
            case ScalarNode scalar -> scalar(scalar);
            default -> throw faulty(node, key + " must be a list of plain words");
        }).collect(Collectors.joining(","));
    }

    private String scalar(ScalarNode node) {
        if (!node.getTag().getValue().startsWith(CORE_TAGS)
                || (node.getValue().isEmpty() && node.getAnchor().isPresent())) {
            throw faulty(node, "put this value in quotes: YAML reads its beginning as something else");
        }
        if (node.isPlain() && (node.getValue().equals("~") || node.getValue().equals("null"))) {
            return "";
        }
        try {
            return secrets.apply(node.getValue());
        } catch (IllegalArgumentException e) {
            throw new ConfigFault(path + ":" + line(node) + ": " + e.getMessage(), e);
        }
    }

    private ConfigFault faulty(Node where, String why) {
        return new ConfigFault(path + ":" + line(where) + ": " + why);
    }

    private static int line(Node node) {
        return node.getStartMark().map(Mark::getLine).orElse(0) + 1;
    }
}
