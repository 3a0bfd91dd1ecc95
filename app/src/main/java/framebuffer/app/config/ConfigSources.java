package framebuffer.app.config;

import framebuffer.wire.text.NearestName;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;

/**
 * Provides the values of options that are not on the command line: from the environment variable of the option, else from the configuration
 * file. A blank value counts as not set.
 */
public final class ConfigSources implements OptionSource {
    /** The label of a parameter that names the configuration file, in the place of {@code --config-file}. */
    public static final String FILE_PARAMETER = "HOUSE.YAML";

    private static final String CONFIG_FILE = "--config-file";
    private static final Pattern SERVICE_LINK = Pattern.compile("(tcp|udp|sctp)://");
    /** Suffixes of variables that Kubernetes sets, such as FRAME_BUFFER_SERVICE_HOST and FRAME_BUFFER_PORT_8002_TCP_ADDR. */
    private static final Pattern OF_KUBERNETES = Pattern.compile("_SERVICE_(HOST|PORT)|_PORT_\\d+_(TCP|UDP|SCTP)");

    private final Map<String, String> environment;
    private final Supplier<CommandLine> complete;
    private final Map<Path, ConfigFile> files = new HashMap<>();

    private ConfigSources(Map<String, String> environment, Supplier<CommandLine> complete) {
        this.environment = environment;
        this.complete = complete;
    }

    /**
     * Adds the option {@code --config-file}, this provider and the types of options to all commands. Call it after all subcommands are
     * added.
     *
     * @param complete provides a command line with all commands, because one file may serve all commands
     */
    public static void addTo(CommandLine commands, Map<String, String> environment, Supplier<CommandLine> complete) {
        commands.getCommandSpec().addOption(OptionSpec.builder(CONFIG_FILE).paramLabel("FILE").type(Path.class)
                .scopeType(ScopeType.INHERIT).description("YAML file with options, such as port: 8002.").build());
        commands.setDefaultValueProvider(new ConfigSources(environment, complete));
        OptionTypes.register(commands);
    }

    /** The value of an option in the environment or the file. */
    @Override
    public Optional<OptionValue> find(OptionSpec option) {
        if (!OptionKey.isKey(option) || asksForHelp(option.command())) {
            return Optional.empty();
        }
        Optional<OptionValue> here = fromEnvironment(option).or(() -> option.longestName().equals(CONFIG_FILE)
                ? Optional.empty()
                : file(option.command()).flatMap(file -> file.find(OptionKey.name(option))));
        return here.filter(value -> !value.value().isBlank());
    }

    private Optional<OptionValue> fromEnvironment(OptionSpec option) {
        return OptionKey.variables(option).stream().filter(environment::containsKey)
                .map(variable -> new OptionValue(environment.getOrDefault(variable, ""),
                        new OptionValue.Variable(variable)))
                .filter(ConfigSources::isSetting).findFirst();
    }

    /** Kubernetes sets FRAME_BUFFER_PORT=tcp://10.0.0.7:8002 in pods beside a service called frame-buffer: not a setting of ours. */
    private static boolean isSetting(OptionValue value) {
        return !value.value().isBlank() && !(value.origin() instanceof OptionValue.Variable(String name)
                && name.endsWith("_PORT") && SERVICE_LINK.matcher(value.value()).lookingAt());
    }

    /** {@code --help} must work even if the configuration is wrong. */
    private static boolean asksForHelp(CommandSpec command) {
        return command.options().stream()
                .anyMatch(option -> (option.usageHelp() || option.versionHelp()) && !option.stringValues().isEmpty());
    }

    private Optional<ConfigFile> file(CommandSpec command) {
        OptionSpec option = command.findOption(CONFIG_FILE);
        return parameter(command).or(() -> OptionKey.typed(option).stream().findFirst())
                .or(() -> fromEnvironment(option).map(OptionValue::value))
                .map(Path::of)
                .map(path -> read(path, command));
    }

    /** The file that a parameter of the command names. */
    private static Optional<String> parameter(CommandSpec command) {
        return command.positionalParameters().stream()
                .filter(parameter -> parameter.paramLabel().equals(FILE_PARAMETER))
                .flatMap(parameter -> parameter.originalStringValues().stream()).findFirst();
    }

    /**
     * The configuration file of a command that has been parsed; empty: none.
     *
     * @throws ParameterException when the file cannot be used
     */
    public static Optional<ConfigFile> fileOf(CommandLine parsed) {
        return parsed.getDefaultValueProvider() instanceof ConfigSources sources
                ? sources.file(parsed.getCommandSpec())
                : Optional.empty();
    }

    private ConfigFile read(Path path, CommandSpec command) {
        try {
            return files.computeIfAbsent(path, file -> ConfigFile.read(file, known(), environment));
        } catch (ConfigFile.ConfigFault e) {
            throw new ParameterException(command.commandLine(), String.valueOf(e.getMessage()), e);
        }
    }

    /** Variables with our prefix that match no option, each with the most similar name. */
    List<String> unknownVariables() {
        List<String> prefixed = environment.keySet().stream().filter(OptionKey::isPrefixed)
                .filter(name -> !OF_KUBERNETES.matcher(name).find()).sorted().toList();
        if (prefixed.isEmpty()) {
            return List.of();
        }
        Set<String> names = keys().map(OptionKey::variable).collect(Collectors.toSet());
        return prefixed.stream().filter(name -> !names.contains(name))
                .map(name -> name + NearestName.to(name, names).map(word -> " (did you mean " + word + "?)").orElse(""))
                .toList();
    }

    /** All keys of all commands, because one file may serve all commands. */
    private Set<String> known() {
        return keys().map(OptionKey::name).filter(key -> !key.equals("config-file")).collect(Collectors.toSet());
    }

    private Stream<OptionSpec> keys() {
        CommandSpec root = complete.get().getCommandSpec();
        return Stream.concat(Stream.of(root), root.subcommands().values().stream().map(CommandLine::getCommandSpec))
                .flatMap(command -> command.options().stream()).filter(OptionKey::isKey);
    }
}
