package framebuffer.app.help;

import framebuffer.app.config.ConfigSources;
import java.lang.annotation.Annotation;
import java.lang.reflect.Field;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Help;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/** The parameters and options of a command, in groups. */
final class OptionList {
    /** A command with at most this many options, besides {@code --help} and {@code --version}, shows all of them. */
    private static final int FEW = 12;
    private static final String OWN = "Options";
    private static final String LOG = "Log";
    private static final String GENERAL = "General";

    private final CommandSpec command;
    private final List<OptionSpec> options;
    private final boolean complete;

    private OptionList(CommandSpec command, List<OptionSpec> options, boolean complete) {
        this.command = command;
        this.options = options;
        this.complete = complete;
    }

    /**
     * The options of a command.
     *
     * @param all whether to show every option, not only the essential ones
     */
    static OptionList of(CommandSpec command, boolean all) {
        List<OptionSpec> visible = command.options().stream().filter(option -> !option.hidden()).toList();
        return all || visible.stream().filter(option -> !isStandard(option)).count() <= FEW
                ? new OptionList(command, visible, true)
                : new OptionList(command, visible.stream().filter(option -> isEssential(command, option))
                        .map(OptionList::brief).toList(), false);
    }

    /** Whether no option is left out. */
    boolean isComplete() {
        return complete;
    }

    private static boolean isEssential(CommandSpec command, OptionSpec option) {
        return option.required() || option.usageHelp() || (option.inherited() && !namesFile(command))
                || annotation(option, Essential.class).map(Essential::in)
                        .filter(in -> in.length == 0 || Arrays.asList(in).contains(command.name())).isPresent();
    }

    private static boolean isStandard(OptionSpec option) {
        return option.usageHelp() || option.versionHelp();
    }

    /** Whether a parameter names the file that the option of all commands would name. */
    private static boolean namesFile(CommandSpec command) {
        return command.positionalParameters().stream()
                .anyMatch(parameter -> parameter.paramLabel().equals(ConfigSources.FILE_PARAMETER));
    }

    /** The option with one name and its short description. */
    private static OptionSpec brief(OptionSpec option) {
        return option.usageHelp()
                ? option
                : OptionSpec.builder(option).names(option.names()[0]).description(description(option)).build();
    }

    private static String[] description(ArgSpec one) {
        return annotation(one, Essential.class).map(Essential::description).filter(text -> !text.isEmpty())
                .map(text -> new String[]{text}).orElse(one.description());
    }

    private List<PositionalParamSpec> parameters() {
        return complete
                ? command.positionalParameters()
                : command.positionalParameters().stream().map(one -> PositionalParamSpec.builder(one)
                        .description(description(one)).build()).toList();
    }

    String render(Help help) {
        List<PositionalParamSpec> parameters = parameters();
        Map<String, List<ArgSpec>> groups = new LinkedHashMap<>();
        List<ArgSpec> all = new ArrayList<>(parameters);
        all.addAll(options);
        all.sort(Comparator.comparingInt(this::rank));
        all.forEach(one -> groups.computeIfAbsent(group(one), _ -> new ArrayList<>()).add(one));
        StringBuilder text = new StringBuilder();
        groups.forEach((heading, members) -> {
            Help.Layout layout = help.createDefaultLayout(options, parameters, help.colorScheme());
            layout.addPositionalParameters(members.stream().filter(PositionalParamSpec.class::isInstance)
                    .map(PositionalParamSpec.class::cast).toList(), help.parameterLabelRenderer());
            layout.addAllOptions(members.stream().filter(OptionSpec.class::isInstance).map(OptionSpec.class::cast)
                    .toList(), help.parameterLabelRenderer());
            text.append(HelpPages.heading(help, heading)).append(layout);
        });
        return text.toString();
    }

    /** The command's own options come first, those that all commands have come last. */
    private int rank(ArgSpec one) {
        return switch (group(one)) {
            case GENERAL -> 3;
            case LOG -> 2;
            default -> field(one).map(Field::getDeclaringClass).filter(type -> type.isInstance(command.userObject()))
                    .isPresent() ? 0 : 1;
        };
    }

    private static String group(ArgSpec one) {
        if (one instanceof OptionSpec option
                && (isStandard(option) || field(option).isEmpty())) {
            return GENERAL;
        }
        return annotation(one, OptionGroup.class)
                .or(() -> field(one).map(field -> field.getDeclaringClass().getAnnotation(OptionGroup.class)))
                .map(OptionGroup::value).orElse(OWN);
    }

    private static <A extends Annotation> Optional<A> annotation(ArgSpec one, Class<A> type) {
        return field(one).map(field -> field.getAnnotation(type));
    }

    private static Optional<Field> field(ArgSpec one) {
        return one.userObject() instanceof Field field ? Optional.of(field) : Optional.empty();
    }
}
