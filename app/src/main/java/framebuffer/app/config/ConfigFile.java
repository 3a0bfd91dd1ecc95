package framebuffer.app.config;

import framebuffer.wire.text.NearestName;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
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
 * YAML list. Values are plain text: {@code no} does not mean false.
 */
final class ConfigFile {
    private final Path path;
    private final Set<String> known;
    private final Map<String, OptionValue> values = new HashMap<>();

    /** The file cannot be used. The message, one line, names the place and the reason, and repeats no value. */
    static final class Faulty extends RuntimeException {
        private static final long serialVersionUID = 1;

        Faulty(String message) {
            super(message);
        }
    }

    private ConfigFile(Path path, Set<String> known) {
        this.path = path;
        this.known = known;
    }

    /**
     * Reads a file.
     *
     * @param known the keys that the file may contain
     * @throws Faulty when the file cannot be read, is not YAML, or contains an unknown key
     */
    static ConfigFile read(Path path, Set<String> known) {
        ConfigFile file = new ConfigFile(path, known);
        try {
            LoadSettings settings = LoadSettings.builder().setAllowNonScalarKeys(true).build();
            new Compose(settings).composeString(text(path)).ifPresent(file::root);
        } catch (MarkedYamlEngineException e) {
            // The name of an alias may be a password that begins with an asterisk.
            throw new Faulty(path + e.getProblemMark().map(mark -> ":" + (mark.getLine() + 1)).orElse("") + ": "
                    + e.getProblem().replaceFirst("(alias) .*", "$1").replaceAll("\\s+", " "));
        } catch (YamlEngineException e) {
            throw new Faulty(path + " is not YAML");
        }
        return file;
    }

    private static String text(Path path) {
        try {
            return Files.readString(path);
        } catch (NoSuchFileException e) {
            throw new Faulty("there is no configuration file " + path);
        } catch (CharacterCodingException e) {
            throw new Faulty("the configuration file " + path + " is not UTF-8 text");
        } catch (IOException e) {
            throw new Faulty("cannot read the configuration file " + path + ": " + e.getMessage());
        }
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
            if (!(entry.getKeyNode() instanceof ScalarNode name)) {
                throw faulty(entry.getKeyNode(), "a key must be a plain word");
            }
            String key = within + name.getValue();
            if (entry.getValueNode() instanceof MappingNode keys
                    && known.stream().anyMatch(k -> k.startsWith(key + "."))) {
                mapping(key + ".", keys);
            } else {
                value(key, name, entry.getValueNode());
            }
        }
    }

    private void value(String key, ScalarNode name, Node node) {
        if (!known.contains(key)) {
            throw faulty(name, "unknown key " + key
                    + NearestName.to(key, known).map(word -> "; did you mean " + word + "?").orElse(""));
        }
        String value = switch (node) {
            case ScalarNode scalar -> scalar(scalar);
            case SequenceNode list -> list(key, list.getValue());
            default -> throw faulty(node, key + " must be one value, not several keys");
        };
        if (values.put(key, new OptionValue(value, new OptionValue.Line(path, line(name)))) != null) {
            throw faulty(name, key + " is set twice");
        }
    }

    private String list(String key, List<Node> nodes) {
        return nodes.stream().map(node -> switch (node) {
            case ScalarNode scalar -> scalar(scalar);
            default -> throw faulty(node, key + " must be a list of plain words");
        }).collect(Collectors.joining(","));
    }

    private static String scalar(ScalarNode node) {
        return node.isPlain() && (node.getValue().equals("~") || node.getValue().equals("null")) ? "" : node.getValue();
    }

    private Faulty faulty(Node where, String why) {
        return new Faulty(path + ":" + line(where) + ": " + why);
    }

    private static int line(Node node) {
        return node.getStartMark().map(Mark::getLine).orElse(0) + 1;
    }
}
