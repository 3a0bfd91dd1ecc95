package framebuffer.app.config;

import framebuffer.app.config.OptionValue.Origin;
import java.util.Comparator;
import java.util.List;
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
 * @param origin the source of the value
 */
public record Setting(String key, List<String> flags, String variable, String meaning, String bounds, String otherwise,
        String value, Origin origin) {
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
                OptionKey.isSecret(option) && !given.value().isEmpty() ? hidden(option.getValue()) : given.value(),
                given.origin());
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

    /** Settings from variables without our prefix, which other programs may have set, such as {@code PORT=8002}; secrets are masked. */
    public static List<String> fromUnprefixedVariables(CommandLine parsed) {
        return of(parsed).stream().flatMap(one -> one.origin() instanceof OptionValue.Variable(String name)
                && !OptionKey.isPrefixed(name) ? Stream.of(name + "=" + one.value()) : Stream.of()).toList();
    }

    /** Environment variables with our prefix that match no option, each with the most similar name. */
    public static List<String> unknownVariables(CommandLine parsed) {
        return ((ConfigSources) parsed.getDefaultValueProvider()).unknownVariables(parsed.getCommandSpec());
    }

    private static OptionValue given(CommandLine parsed, OptionSpec option) {
        List<String> typed = OptionKey.typed(option);
        if (!typed.isEmpty()) {
            return new OptionValue(String.join(",", typed), new OptionValue.Flag(option.longestName()));
        }
        return ((ConfigSources) parsed.getDefaultValueProvider()).find(option)
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
