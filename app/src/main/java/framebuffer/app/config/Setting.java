package framebuffer.app.config;

import framebuffer.app.config.OptionValue.Default;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;

/**
 * A key of a command and its value in this call.
 *
 * @param key its name in a file
 * @param flags all its names on the command line
 * @param variable its name in the environment
 * @param meaning its description
 * @param bounds such as {@code from 1 to 50}; empty: none
 * @param otherwise its default; empty: none
 * @param value the current value, secrets masked; empty: none
 * @param from the kind of its source: the command line, the environment, a file or the default
 * @param source names the source of the value, such as a line of a file
 */
public record Setting(String key, List<String> flags, String variable, String meaning, String bounds, String otherwise,
        String value, String from, String source) {
    private static final String HIDDEN = "****";

    /** All keys of a command that has been parsed, by name. */
    public static List<Setting> of(CommandLine parsed) {
        return parsed.getCommandSpec().options().stream().filter(OptionKey::isKey).map(option -> of(parsed, option))
                .sorted(Comparator.comparing(Setting::key)).toList();
    }

    private static Setting of(CommandLine parsed, OptionSpec option) {
        OptionValue given = given(parsed, option);
        return new Setting(OptionKey.name(option), List.of(option.names()), OptionKey.variable(option), meaning(option),
                AllowedValues.bounds(option).orElse(""), text(option.defaultValue()),
                OptionKey.isSecret(option) && !given.value().isEmpty()
                        ? hidden(option.getValue())
                        : given.isHidden() ? HIDDEN : given.value(),
                given.origin().kind(), given.origin().toString());
    }

    /**
     * Checks that all values of a command are within their bounds.
     *
     * @throws CommandLine.ParameterException names the key, the value, its source and the allowed values
     */
    public static void check(CommandLine parsed) {
        for (OptionSpec option : parsed.getCommandSpec().options()) {
            if (!AllowedValues.admits(option)) {
                throw new CommandLine.ParameterException(parsed,
                        UsageErrors.wrongValue(option, given(parsed, option), "is out of bounds"));
            }
        }
    }

    /**
     * Sets the options of an object that no command line sets.
     *
     * @param options an object with fields that are options
     * @param values by the name of the option, without the leading hyphens; each is an option of the object
     * @throws IllegalArgumentException when an option has no such value; the message, one line, names the allowed values
     */
    public static void assign(Object options, Map<String, String> values) {
        CommandLine parser = new CommandLine(options);
        OptionTypes.register(parser);
        try {
            parser.parseArgs(values.entrySet().stream().map(one -> "--" + one.getKey() + "=" + one.getValue())
                    .toArray(String[]::new));
        } catch (CommandLine.ParameterException e) {
            throw new IllegalArgumentException(UsageErrors.wrongValue(e), e);
        }
        for (OptionSpec option : parser.getCommandSpec().options()) {
            if (!AllowedValues.admits(option)) {
                throw new IllegalArgumentException(UsageErrors.wrongValue(option,
                        values.getOrDefault(OptionKey.name(option), ""), "is out of bounds"));
            }
        }
    }

    /** Settings from variables without our prefix, which other programs may have set, such as {@code PORT=8002}; secrets are masked. */
    public static List<String> fromUnprefixedVariables(CommandLine parsed) {
        return parsed.getCommandSpec().options().stream().filter(OptionKey::isKey)
                .flatMap(option -> given(parsed, option).origin() instanceof OptionValue.Variable(String name)
                        && !OptionKey.isPrefixed(name)
                                ? Stream.of(name + "=" + of(parsed, option).value())
                                : Stream.of())
                .sorted().toList();
    }

    /** Environment variables with our prefix that match no option, each with the most similar name. */
    public static List<String> unknownVariables(CommandLine parsed) {
        return ((ConfigSources) parsed.getDefaultValueProvider()).unknownVariables();
    }

    private static OptionValue given(CommandLine parsed, OptionSpec option) {
        List<String> typed = OptionKey.typed(option);
        if (!typed.isEmpty()) {
            return new OptionValue(String.join(",", typed), new OptionValue.Flag(option.longestName()));
        }
        return ((OptionSource) parsed.getDefaultValueProvider()).find(option)
                .orElseGet(() -> new OptionValue(text(option.defaultValue()), new OptionValue.Default()));
    }

    private static String hidden(@Nullable Object value) {
        return value == null ? HIDDEN : value.toString();
    }

    /** The description without the sentence about the default, which has its own column. */
    private static String meaning(OptionSpec option) {
        String description = String.join(" ", option.description());
        return option.defaultValue() == null ? description : description.replaceFirst("\\s*Default: .*", "");
    }

    private static String text(@Nullable String value) {
        return Objects.requireNonNullElse(value, "");
    }
}
