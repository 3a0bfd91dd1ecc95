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
 * A key of a command, and the value it has in this call.
 *
 * @param key
 *            as in a file
 * @param flags
 *            all its names on the command line
 * @param variable
 *            its name in the environment
 * @param meaning
 *            what it is for
 * @param bounds
 *            {@code from 1 to 50}; empty when there are none
 * @param otherwise
 *            its default; empty: none
 * @param value
 *            what is used; secrets are hidden, empty: none
 * @param origin
 *            where the value is from
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
     * Checks the bounds of what a command was given.
     *
     * @throws CommandLine.ParameterException
     *             naming the key, the value, where it is from and what is allowed
     */
    public static void check(CommandLine parsed) {
        for (OptionSpec option : parsed.getCommandSpec().options()) {
            if (!AllowedValues.admits(option)) {
                throw new CommandLine.ParameterException(parsed,
                        UsageErrors.wrongValue(option, given(parsed, option), "is out of bounds"));
            }
        }
    }

    /** What a command takes from variables of the environment that others may have set too: {@code PORT=8002}; secrets are hidden. */
    public static List<String> fromUnprefixedVariables(CommandLine parsed) {
        return of(parsed).stream().flatMap(one -> one.origin() instanceof OptionValue.Variable(String name)
                && !OptionKey.isPrefixed(name) ? Stream.of(name + "=" + one.value()) : Stream.of()).toList();
    }

    /** Variables in the environment that begin as ours do and set nothing, with the name that each may have been meant to be. */
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

    /** Its description, less the sentence with the default, which is told beside it. */
    private static String meaning(OptionSpec option) {
        String description = String.join(" ", option.description());
        return option.defaultValue() == null ? description : description.replaceFirst("\\s*Default: .*", "");
    }

    private static String text(@Nullable String value) {
        return Objects.requireNonNullElse(value, "");
    }
}
