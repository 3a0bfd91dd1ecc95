package framebuffer.app.help;

import framebuffer.wire.text.NearestName;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Shows the help of another command, as its option {@code --help} does. */
@Command(name = "help", mixinStandardHelpOptions = true, helpCommand = true, description = "Shows the help of a command, such as: frame-buffer help dead-letters requeue")
@Examples("frame-buffer help serve")
final class HelpCommand implements Callable<Integer> {
    @Spec
    @SuppressWarnings("NullAway.Init") // Set by picocli before anything runs.
    private CommandSpec spec;

    @Parameters(paramLabel = "COMMAND", arity = "0..*", description = "The command, and its subcommand if any; then all: shows every option.")
    private List<String> words = List.of();

    private final HelpPages pages;

    HelpCommand(HelpPages pages) {
        this.pages = pages;
    }

    @Override
    public Integer call() {
        CommandLine command = Objects.requireNonNull(spec.parent()).commandLine();
        for (String word : words) {
            if (word.equals(HelpPages.ALL) && word.equals(words.getLast())) {
                pages.showAll();
            } else {
                command = subcommand(command, word);
            }
        }
        command.usage(command.getOut(), command.getColorScheme());
        return 0;
    }

    private static CommandLine subcommand(CommandLine command, String name) {
        CommandLine found = command.getSubcommands().get(name);
        if (found == null) {
            throw new ParameterException(command, "unknown command " + name
                    + NearestName.to(name, command.getSubcommands().keySet())
                            .map(near -> "; did you mean " + near + "?")
                            .orElse("; see " + command.getCommandSpec().qualifiedName() + " --help"));
        }
        return found;
    }
}
