package framebuffer.app.help;

import static picocli.CommandLine.Model.UsageMessageSpec.SECTION_KEY_COMMAND_LIST;
import static picocli.CommandLine.Model.UsageMessageSpec.SECTION_KEY_DESCRIPTION;
import static picocli.CommandLine.Model.UsageMessageSpec.SECTION_KEY_FOOTER;
import static picocli.CommandLine.Model.UsageMessageSpec.SECTION_KEY_OPTION_LIST;
import static picocli.CommandLine.Model.UsageMessageSpec.SECTION_KEY_SYNOPSIS;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Stack;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Help;
import picocli.CommandLine.IHelpSectionRenderer;
import picocli.CommandLine.IParameterPreprocessor;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/**
 * The help of all commands. {@code --help} shows the essential options, {@code --help all} shows every option; the help of the root lists
 * the commands.
 */
public final class HelpPages {
    static final String ALL = "all";
    private static final String EXAMPLES = "examples";
    private static final List<String> SECTIONS = List.of(SECTION_KEY_SYNOPSIS, SECTION_KEY_DESCRIPTION, EXAMPLES,
            SECTION_KEY_COMMAND_LIST, SECTION_KEY_OPTION_LIST, SECTION_KEY_FOOTER);

    private final Supplier<List<CommandGroup>> groups;
    private boolean all;

    private HelpPages(Supplier<List<CommandGroup>> groups) {
        this.groups = groups;
    }

    /**
     * Adds the command {@code help}, and replaces the help of all commands. Call it after all subcommands are added.
     *
     * @param groups the commands that the help of the root lists
     */
    public static void addTo(CommandLine commands, Supplier<List<CommandGroup>> groups) {
        HelpPages pages = new HelpPages(groups);
        commands.addSubcommand(new HelpCommand(pages));
        pages.accept(commands);
        Map<String, IHelpSectionRenderer> sections = new HashMap<>(commands.getHelpSectionMap());
        sections.put(SECTION_KEY_SYNOPSIS, HelpPages::synopsis);
        sections.put(EXAMPLES, HelpPages::examples);
        sections.put(SECTION_KEY_COMMAND_LIST, pages::commands);
        sections.put(SECTION_KEY_OPTION_LIST, help -> pages.options(help).render(help));
        sections.put(SECTION_KEY_FOOTER, pages::footer);
        commands.setHelpSectionMap(sections);
        commands.setHelpSectionKeys(SECTIONS);
    }

    /** Shows every option from now on. */
    void showAll() {
        all = true;
    }

    /** Lets {@code --help} take the word {@code all}. */
    private void accept(CommandLine command) {
        CommandSpec spec = command.getCommandSpec();
        for (OptionSpec option : List.copyOf(spec.options())) {
            if (option.usageHelp()) {
                spec.remove(option);
                spec.addOption(OptionSpec.builder(option).arity("0..1").paramLabel(ALL)
                        .description("Shows this help; all: with every option.")
                        .preprocessor(new ScopeReader()).build());
            } else if (option.versionHelp()) {
                spec.remove(option);
                spec.addOption(OptionSpec.builder(option).description("Shows the version.").build());
            }
        }
        command.getSubcommands().values().forEach(this::accept);
    }

    /** Takes the word after {@code --help} if it is {@code all}; other words are arguments of the command. */
    private final class ScopeReader implements IParameterPreprocessor {
        @Override
        public boolean preprocess(Stack<String> arguments, CommandSpec command, ArgSpec option,
                Map<String, Object> info) {
            if (!arguments.isEmpty() && arguments.peek().equals(ALL)) {
                arguments.pop();
                arguments.push("true");
                showAll();
            }
            return false;
        }
    }

    static String heading(Help help, String text) {
        return "%n%s%n".formatted(help.colorScheme().ansi().string("@|bold " + text + ":|@"));
    }

    private static String synopsis(Help help) {
        CommandSpec command = help.commandSpec();
        StringBuilder line = new StringBuilder("Usage: ").append(command.qualifiedName());
        if (command.parent() == null) {
            return line.append(" COMMAND [OPTIONS]%n%n".formatted()).toString();
        }
        command.options().stream().filter(ArgSpec::required)
                .forEach(option -> line.append(' ').append(option.names()[0]).append(' ')
                        .append(option.paramLabel()));
        line.append(command.positionalParameters().stream().map(HelpPages::label).collect(Collectors.joining()))
                .append(" [OPTIONS]");
        String subcommand = command.usageMessage().synopsisSubcommandLabel();
        if (!command.subcommands().isEmpty() && !subcommand.isEmpty()) {
            line.append(' ').append(subcommand);
        }
        return line.append("%n%n".formatted()).toString();
    }

    private static String label(PositionalParamSpec parameter) {
        String label = parameter.paramLabel() + (parameter.arity().max() > 1 ? "…" : "");
        return parameter.required() ? " " + label : " [" + label + "]";
    }

    private static String examples(Help help) {
        return Optional.ofNullable(help.commandSpec().userObject())
                .map(command -> command.getClass().getAnnotation(Examples.class))
                .map(examples -> heading(help, examples.value().length == 1 ? "Example" : "Examples")
                        + Stream.of(examples.value()).map("  %s%n"::formatted).collect(Collectors.joining()))
                .orElse("");
    }

    private String commands(Help help) {
        if (help.commandSpec().parent() != null) {
            return help.commandList().isEmpty() ? "" : heading(help, "Commands") + help.commandList();
        }
        List<CommandGroup> listed = groups.get();
        int width = listed.stream().flatMap(group -> group.commands().stream())
                .mapToInt(command -> CommandGroup.name(command).length()).max().orElse(0);
        return listed.stream().map(group -> heading(help, group.heading()) + group.commands().stream()
                .map(command -> "  " + help.colorScheme().commandText(CommandGroup.name(command))
                        + " ".repeat(width + 2 - CommandGroup.name(command).length()) + CommandGroup.summary(command)
                        + System.lineSeparator())
                .collect(Collectors.joining())).collect(Collectors.joining());
    }

    private OptionList options(Help help) {
        return OptionList.of(help.commandSpec(), all);
    }

    private String footer(Help help) {
        CommandSpec command = help.commandSpec();
        if (command.parent() == null) {
            return "%n".formatted() + help.footer();
        }
        return options(help).isComplete()
                ? ""
                : "%nEvery option: %s --help all%n".formatted(command.qualifiedName());
    }
}
