package framebuffer.app.config;

import framebuffer.wire.SecretAddress;
import framebuffer.wire.text.NearestName;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.MissingParameterException;
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
                "(?s).*--" + Pattern.quote(setting.key()) + "(?![\\w.-]).*"))
                .filter(setting -> setting.from().equals("environment") || setting.from().equals("file"))
                .map(Setting::source).toList();
        return origins.isEmpty() ? message : message + " (" + String.join(", ", origins) + ")";
    }

    /** The message for a wrong value that is not on the command line. */
    static String message(ParameterException wrong) {
        return masked(line(wrong, new String[0]));
    }

    private static String line(ParameterException wrong, String[] arguments) {
        CommandSpec command = wrong.getCommandLine().getCommandSpec();
        String help = "; see " + command.qualifiedName() + " --help";
        if (wrong instanceof UnmatchedArgumentException unknown && !unknown.getUnmatched().isEmpty()) {
            // Do not repeat the value: it may be a secret.
            String typed = unknown.getUnmatched().getFirst().replaceFirst("=.*", "");
            return (unknown.isUnknownOption()
                    ? "unknown option "
                    : command.parent() == null ? "unknown command " : "unexpected argument ") + typed
                    + NearestName.to(typed, words(command)).map(word -> "; did you mean " + word + "?").orElse(help);
        }
        if (wrong.getArgSpec() instanceof OptionSpec option && wrong.getValue() != null && wrong.getCause() != null) {
            return wrongValue(option, given(option, wrong, arguments), String.valueOf(wrong.getCause().getMessage()));
        }
        if (wrong instanceof MissingParameterException) {
            // picocli repeats a value that looks like an option: it may be a secret.
            return String.valueOf(wrong.getMessage()).replaceFirst(" but found .*", "") + help;
        }
        return wrong.getMessage() + (wrong.getClass() == ParameterException.class ? "" : help);
    }

    /**
     * The message for a wrong value of an option.
     *
     * @param reason used if the type does not define the allowed values; repeats no secret
     */
    static String wrongValue(OptionSpec option, OptionValue value, String reason) {
        return wrongValue(option, value.isHidden() ? null : value.value(), reason) + " (" + value.origin() + ")";
    }

    /**
     * The same without the origin of the value.
     *
     * @param value null: it is not shown
     */
    static String wrongValue(OptionSpec option, @Nullable String value, String reason) {
        String key = OptionKey.name(option);
        Optional<String> allowed = AllowedValues.of(option);
        String not = OptionKey.isSecret(option) || value == null ? "" : ", not " + value;
        return allowed.isPresent() ? key + " must be " + allowed.get() + not : key + ": " + reason;
    }

    /** The message for a wrong value that has no origin of its own. */
    static String wrongValue(ParameterException wrong) {
        return wrong.getArgSpec() instanceof OptionSpec option && wrong.getValue() != null && wrong.getCause() != null
                ? wrongValue(option, wrong.getValue(), String.valueOf(wrong.getCause().getMessage()))
                : String.valueOf(wrong.getMessage());
    }

    private static OptionValue given(OptionSpec option, ParameterException wrong, String[] arguments) {
        boolean flag = Arrays.stream(arguments).anyMatch(argument -> Arrays.stream(option.names())
                .anyMatch(name -> argument.equals(name) || argument.startsWith(name + "=")));
        OptionValue asFlag = new OptionValue(wrong.getValue(), new OptionValue.Flag(option.longestName()));
        return flag
                ? asFlag
                : ((OptionSource) wrong.getCommandLine().getDefaultValueProvider()).find(option)
                        .map(value -> new OptionValue(wrong.getValue(), value.origin())).orElse(asFlag);
    }

    private static List<String> words(CommandSpec command) {
        return Stream.concat(command.optionsMap().keySet().stream(), command.subcommands().keySet().stream()).toList();
    }

    /** Masks the user, password and token in any address that was typed. */
    static String masked(String line) {
        return ADDRESS.matcher(line).replaceAll(found -> Matcher.quoteReplacement(
                new SecretAddress(found.group()).toString()));
    }
}
