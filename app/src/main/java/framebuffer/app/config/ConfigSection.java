package framebuffer.app.config;

import framebuffer.wire.text.NearestName;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.MissingParameterException;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;

/** An entry of a configuration file, such as one camera: its keys, each with its value and its line. */
public final class ConfigSection {
    /** No value is this. */
    private static final String NEVER = "\0";

    /** An entry without keys. */
    public static final ConfigSection NOTHING = new ConfigSection(Path.of(""), 0, Map.of());

    private final Path file;
    private final int line;
    private final Map<String, OptionValue> values;

    ConfigSection(Path file, int line, Map<String, OptionValue> values) {
        this.file = file;
        this.line = line;
        this.values = new LinkedHashMap<>(values);
    }

    /**
     * Options that an entry has set.
     *
     * @param options the object that holds them
     * @param values all its values, to compare two readings of an entry; may contain secrets
     */
    public record Entry<T>(T options, List<Object> values) {
        /** Whether both have the same values; the objects are not compared. */
        @Override
        public boolean equals(@Nullable Object other) {
            return other instanceof Entry<?> entry && values.equals(entry.values);
        }

        @Override
        public int hashCode() {
            return values.hashCode();
        }

        @Override
        public String toString() {
            return options.getClass().getSimpleName();
        }
    }

    /**
     * Sets the options of an object from this entry, and from another entry those that are missing here.
     *
     * @throws ConfigFile.ConfigFault names the line, and the key or the value that does not fit
     */
    public <T> Entry<T> fill(T options, ConfigSection defaults) {
        CommandLine parser = new CommandLine(options);
        OptionTypes.register(parser);
        // No option is on a command line here: a value may begin with a hyphen.
        parser.setAllowOptionsAsOptionParameters(true).setEndOfOptionsDelimiter(NEVER);
        requireKnown(parser.getCommandSpec());
        parser.setDefaultValueProvider((OptionSource) option -> find(option).or(() -> defaults.find(option))
                .filter(value -> !value.value().isBlank()));
        try {
            parser.parseArgs();
            Setting.check(parser);
        } catch (MissingParameterException e) {
            throw new ConfigFile.ConfigFault(located(e.getMissing().stream().filter(OptionSpec.class::isInstance)
                    .map(option -> key(((OptionSpec) option).names()[0])).collect(Collectors.joining(" and "))
                    + " is missing"), e);
        } catch (ParameterException e) {
            throw new ConfigFile.ConfigFault(located(UsageErrors.message(e)), e);
        }
        return new Entry<>(options, parser.getCommandSpec().options().stream()
                .map(option -> Optional.ofNullable(option.<Object>getValue())).<Object>map(value -> value).toList());
    }

    /**
     * Checks that this entry names only options of an object, each once.
     *
     * @throws ConfigFile.ConfigFault names the place and the most similar option
     */
    public void requireKnown(Object options) {
        requireKnown(new CommandLine(options).getCommandSpec());
    }

    private void requireKnown(CommandSpec spec) {
        List<String> known = spec.options().stream().filter(OptionKey::isKey)
                .flatMap(option -> Arrays.stream(option.names())).map(ConfigSection::key).toList();
        Map<OptionSpec, String> seen = new LinkedHashMap<>();
        values.forEach((key, value) -> {
            if (!known.contains(key)) {
                throw new ConfigFile.ConfigFault(value.origin() + ": unknown key " + key
                        + NearestName.to(key, known).map(word -> "; did you mean " + word + "?").orElse(""));
            }
            String before = seen.put(spec.findOption("--" + key), key);
            if (before != null) {
                throw new ConfigFile.ConfigFault(
                        value.origin() + ": " + key + " and " + before + " are the same; write one");
            }
        });
    }

    private Optional<OptionValue> find(OptionSpec option) {
        return Stream.of(option.names()).map(name -> values.get(key(name))).flatMap(Stream::ofNullable).findFirst();
    }

    private static String key(String name) {
        return name.replaceFirst("^-+", "");
    }

    /** The value of a key; empty: not set. */
    public Optional<String> text(String key) {
        return Optional.ofNullable(values.get(key)).map(OptionValue::value);
    }

    /** The keys that begin with this word and a dot, without both, as an entry of their own. */
    public ConfigSection within(String word) {
        Map<String, OptionValue> inner = new LinkedHashMap<>();
        values.forEach((key, value) -> {
            if (key.startsWith(word + ".")) {
                inner.put(key.substring(word.length() + 1), value);
            }
        });
        return new ConfigSection(file, line, inner);
    }

    /** This entry without this key, if it is empty, and without the keys that begin with this word and a dot. */
    public ConfigSection without(String word) {
        return new ConfigSection(file, line, values.entrySet().stream()
                .filter(one -> !one.getKey().startsWith(word + ".")
                        && !(one.getKey().equals(word) && one.getValue().value().isEmpty()))
                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue, (one, _) -> one,
                        LinkedHashMap::new)));
    }

    /** All values by key, to compare two entries; may contain secrets. */
    public Map<String, String> values() {
        Map<String, String> plain = new TreeMap<>();
        values.forEach((key, value) -> plain.put(key, value.value()));
        return plain;
    }

    /** A message with the place of this entry, unless it already names one. */
    public String located(String message) {
        return message.contains(file + ":") ? message : file + ":" + line + ": " + message;
    }
}
