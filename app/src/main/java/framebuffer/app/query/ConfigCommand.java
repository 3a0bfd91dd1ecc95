package framebuffer.app.query;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import framebuffer.app.config.FlagOnly;
import framebuffer.app.config.Setting;
import framebuffer.app.help.Examples;
import framebuffer.app.terminal.Table;
import java.io.PrintWriter;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * Shows the values that another command would use, and their sources. Accepts the options of that command and reads the same environment
 * and file.
 */
@Command(name = "config", mixinStandardHelpOptions = true, header = "Shows every option of a command, its value and its source.")
@Examples({"frame-buffer config", "frame-buffer config camera --json"})
public final class ConfigCommand implements Runnable {
    private static final List<String> COMMANDS = List.of("serve", "camera", "detector", "demo");

    @Spec
    @SuppressWarnings("NullAway.Init") // Set by picocli before anything runs.
    private CommandSpec spec;

    @FlagOnly
    @Option(names = "--json", description = "Prints an array of objects instead of a table.")
    private boolean json;

    private ConfigCommand() {
    }

    /** These names of commands, and those that {@code config} needs if it is among them. */
    public static Set<String> with(List<String> names) {
        return Stream.concat(names.stream(), names.contains("config") ? COMMANDS.stream() : Stream.of())
                .collect(Collectors.toSet());
    }

    /** Adds {@code config} for the first of {@link #COMMANDS}, with one subcommand for each of them. */
    public static void addTo(CommandLine commands) {
        CommandSpec config = about(commands, COMMANDS.getFirst());
        config.usageMessage().description("Shows every option of a command, its value, and the source of the value.",
                "Accepts the options of that command too, and shows their effect.");
        config.usageMessage().synopsisSubcommandLabel("[COMMAND]");
        for (String name : COMMANDS) {
            config.addSubcommand(name, about(commands, name).name(name));
        }
        commands.addSubcommand("config", config);
    }

    /** Copies the options of a command; none is required, because the command does not run. */
    private static CommandSpec about(CommandLine commands, String name) {
        CommandSpec about = CommandSpec.forAnnotatedObject(new ConfigCommand());
        about.usageMessage().header("Shows the options of " + name + ".")
                .description("Shows the options of " + name + ", their values and their sources.");
        CommandLine command = Objects.requireNonNull(commands.getSubcommands().get(name), name);
        for (OptionSpec option : command.getCommandSpec().options()) {
            if (!about.optionsMap().containsKey(option.longestName())) {
                about.addOption(OptionSpec.builder(option).required(false).hidden(true).build());
            }
        }
        return about;
    }

    @Override
    public void run() {
        List<Setting> settings = Setting.of(spec.commandLine());
        PrintWriter out = spec.commandLine().getOut();
        if (json) {
            out.println(array(settings).toPrettyString());
        } else {
            Table table = new Table("KEY", "VALUE", "FROM", "DEFAULT", "ENVIRONMENT", "MEANING");
            settings.forEach(one -> table.row(one.key(), one.value(), one.source(), one.otherwise(), one.variable(),
                    meaning(one)));
            table.print(out);
            out.println();
            out.println(
                    "A flag (--KEY) overrides the environment, which overrides the file (KEY: VALUE) of --config-file.");
        }
        out.flush();
    }

    /** The description with the bounds and the other flags of the option. */
    private static String meaning(Setting setting) {
        String others = setting.flags().stream().filter(flag -> !flag.equals("--" + setting.key()))
                .collect(Collectors.joining(", "));
        return setting.meaning() + (setting.bounds().isEmpty() ? "" : " Allowed: " + setting.bounds() + ".")
                + (others.isEmpty() ? "" : " Also " + others + ".");
    }

    private static ArrayNode array(List<Setting> settings) {
        ArrayNode array = JsonNodeFactory.instance.arrayNode();
        for (Setting one : settings) {
            ArrayNode flags = array.addObject().put("key", one.key()).put("value", one.value())
                    .put("default", one.otherwise()).put("from", one.from())
                    .put("source", one.source()).put("environment", one.variable())
                    .put("bounds", one.bounds()).put("meaning", one.meaning()).putArray("flags");
            one.flags().forEach(flags::add);
        }
        return array;
    }
}
