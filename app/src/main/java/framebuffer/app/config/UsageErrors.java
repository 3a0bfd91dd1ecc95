package framebuffer.app.config;

import framebuffer.wire.SecretAddress;
import framebuffer.wire.text.NearestName;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** Error messages for wrong usage: one line with the fault and the most similar correct word. */
public final class UsageErrors {
    private static final Pattern ADDRESS = Pattern
            .compile("[A-Za-z][A-Za-z0-9+.-]*://.*(?=@)\\S*|[A-Za-z][A-Za-z0-9+.-]*://[^\\s'\"()]+");

    private UsageErrors() {
    }

    /** Prints the message to standard error; the exit code is 2. */
    public static int explain(ParameterException wrong, String[] arguments) {
        wrong.getCommandLine().getErr().println(masked(line(wrong, arguments)));
        return CommandLine.ExitCode.USAGE;
    }

    /** Adds the sources of the values that a message names, except values from the command line. */
    public static String unusable(CommandLine parsed, String message) {
        List<String> origins = Setting.of(parsed).stream().filter(setting -> message.matches(
                "(?s).*--" + Pattern.quote(setting.key()) + "(?![\\w.-]).*")).map(Setting::origin)
                .filter(origin -> origin instanceof OptionValue.Variable || origin instanceof OptionValue.Line)
                .map(OptionValue.Origin::toString).toList();
        return origins.isEmpty() ? message : message + " (" + String.join(", ", origins) + ")";
    }

    private static String line(ParameterException wrong, String[] arguments) {
        CommandSpec command = wrong.getCommandLine().getCommandSpec();
        String help = "; see " + command.qualifiedName() + " --help";
        if (wrong instanceof UnmatchedArgumentException unknown && !unknown.getUnmatched().isEmpty()) {
            // Do not repeat the value: it may be a secret.
            String typed = unknown.getUnmatched().getFirst().replaceFirst("=.*", "");
            return (unknown.isUnknownOption() ? "unknown option " : "unexpected argument ") + typed
                    + NearestName.to(typed, words(command)).map(word -> "; did you mean " + word + "?").orElse(help);
        }
        if (wrong.getArgSpec() instanceof OptionSpec option && wrong.getValue() != null && wrong.getCause() != null) {
            return wrongValue(option, given(option, wrong, arguments), String.valueOf(wrong.getCause().getMessage()));
        }
        return wrong.getMessage() + (wrong.getClass() == ParameterException.class ? "" : help);
    }

    /**
     * The message for a wrong value of an option.
     *
     * @param reason used if the type does not define the allowed values; repeats no secret
     */
    static String wrongValue(OptionSpec option, OptionValue value, String reason) {
        String key = OptionKey.name(option);
        Optional<String> allowed = AllowedValues.of(option);
        String not = OptionKey.isSecret(option) ? "" : ", not " + value.value();
        return (allowed.isPresent() ? key + " must be " + allowed.get() + not : key + ": " + reason) + " ("
                + value.origin() + ")";
    }

    private static OptionValue given(OptionSpec option, ParameterException wrong, String[] arguments) {
        boolean flag = Arrays.stream(arguments).anyMatch(argument -> Arrays.stream(option.names())
                .anyMatch(name -> argument.equals(name) || argument.startsWith(name + "=")));
        OptionValue asFlag = new OptionValue(wrong.getValue(), new OptionValue.Flag(option.longestName()));
        return flag
                ? asFlag
                : ((ConfigSources) wrong.getCommandLine().getDefaultValueProvider()).find(option)
                        .map(value -> new OptionValue(wrong.getValue(), value.origin())).orElse(asFlag);
    }

    private static List<String> words(CommandSpec command) {
        return Stream.concat(command.optionsMap().keySet().stream(), command.subcommands().keySet().stream()).toList();
    }

    /** Masks the user, password and token in any address that was typed. */
    private static String masked(String line) {
        return ADDRESS.matcher(line).replaceAll(found -> Matcher.quoteReplacement(
                new SecretAddress(found.group()).toString()));
    }
}
