package framebuffer.app.config;

import framebuffer.wire.text.NearestName;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.IDefaultValueProvider;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;

/**
 * Provides the values of options that are not on the command line: from the environment variable of the option, else from the configuration
 * file. A blank value counts as not set.
 */
public final class ConfigSources implements IDefaultValueProvider {
    private static final String CONFIG_FILE = "--config-file";
    private static final Pattern SERVICE_LINK = Pattern.compile("(tcp|udp|sctp)://");
    /** Suffixes of variables that Kubernetes sets, such as FRAME_BUFFER_SERVICE_HOST and FRAME_BUFFER_PORT_8002_TCP_ADDR. */
    private static final Pattern OF_KUBERNETES = Pattern.compile("_SERVICE_(HOST|PORT)|_PORT_\\d+_(TCP|UDP|SCTP)");

    private final Map<String, String> environment;
    private final Map<Path, ConfigFile> files = new HashMap<>();

    private ConfigSources(Map<String, String> environment) {
        this.environment = environment;
    }

    /** Adds the option {@code --config-file} and this provider to all commands. Call it after all subcommands are added. */
    public static void addTo(CommandLine commands, Map<String, String> environment) {
        commands.getCommandSpec().addOption(OptionSpec.builder(CONFIG_FILE).paramLabel("FILE").type(Path.class)
                .scopeType(ScopeType.INHERIT).description("YAML file with options, such as port: 8002.").build());
        commands.setDefaultValueProvider(new ConfigSources(environment));
    }

    @Override
    public @Nullable String defaultValue(ArgSpec argument) {
        return argument instanceof OptionSpec option ? find(option).map(OptionValue::value).orElse(null) : null;
    }

    /** The value of an option in the environment or the file. */
    Optional<OptionValue> find(OptionSpec option) {
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
        return OptionKey.typed(option).stream().findFirst().or(() -> fromEnvironment(option).map(OptionValue::value))
                .map(Path::of)
                .map(path -> read(path, command));
    }

    private ConfigFile read(Path path, CommandSpec command) {
        try {
            return files.computeIfAbsent(path, file -> ConfigFile.read(file, known(command.root())));
        } catch (ConfigFile.Faulty e) {
            throw new ParameterException(command.commandLine(), String.valueOf(e.getMessage()), e);
        }
    }

    /** Variables with our prefix that match no option, each with the most similar name. */
    List<String> unknownVariables(CommandSpec command) {
        Set<String> names = keys(command.root()).map(OptionKey::variable).collect(Collectors.toSet());
        return environment.keySet().stream().filter(name -> OptionKey.isPrefixed(name) && !names.contains(name))
                .filter(name -> !OF_KUBERNETES.matcher(name).find()).sorted()
                .map(name -> name + NearestName.to(name, names).map(word -> " (did you mean " + word + "?)").orElse(""))
                .toList();
    }

    /** All keys of all commands, because one file may serve all commands. */
    private static Set<String> known(CommandSpec root) {
        return keys(root).map(OptionKey::name).filter(key -> !key.equals("config-file")).collect(Collectors.toSet());
    }

    private static Stream<OptionSpec> keys(CommandSpec root) {
        return Stream.concat(Stream.of(root), root.subcommands().values().stream().map(CommandLine::getCommandSpec))
                .flatMap(command -> command.options().stream()).filter(OptionKey::isKey);
    }
}
