package framebuffer.app;

import static org.assertj.core.api.Assertions.assertThat;

import framebuffer.app.help.Examples;
import framebuffer.testkit.CommandOutput;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

class HelpTest {
    private static final int MOST_OPTIONS = 14;
    private static final Pattern OPTION = Pattern.compile("(?m)^ {2,6}(?:-\\w, )?(--[\\w.-]+)");

    /** The words of each command and subcommand that help shows. */
    static Stream<String> commands() {
        return below(Main.commandLine(Map.of()).getCommandSpec());
    }

    private static Stream<String> below(CommandSpec command) {
        return command.subcommands().values().stream().map(CommandLine::getCommandSpec)
                .filter(one -> !one.usageMessage().hidden())
                .flatMap(one -> Stream.concat(Stream.of(one.qualifiedName().replaceFirst("^\\S+ ", "")), below(one)));
    }

    private static CommandSpec command(String words) {
        return parsed(words + " --help").asCommandLineList().getLast().getCommandSpec();
    }

    private static ParseResult parsed(String words) {
        return Main.commandLine(Map.of()).parseArgs(words.split(" ", -1));
    }

    private static String help(String words) {
        CommandOutput answer = CommandOutput.by(words.split(" ", -1)).isFine();
        assertThat(answer.out().lines()).allSatisfy(line -> assertThat(line.length()).isLessThanOrEqualTo(80));
        return answer.out();
    }

    private static List<String> options(String help) {
        return OPTION.matcher(help).results().map(found -> found.group(1)).toList();
    }

    private static List<String> visible(CommandSpec command) {
        return command.options().stream().filter(option -> !option.hidden())
                .map(option -> option.names()[option.names().length > 1 && option.names()[0].length() == 2 ? 1 : 0])
                .toList();
    }

    @ParameterizedTest
    @MethodSource("commands")
    void theShortHelpHasFewOptionsAndLeadsToAllOfThem(String words) {
        String help = help(words + " --help");
        assertThat(options(help)).contains("--help").hasSizeLessThanOrEqualTo(MOST_OPTIONS);
        assertThat(help.contains("\nEvery option: frame-buffer " + words + " --help all"))
                .isEqualTo(options(help).size() < visible(command(words)).size());
    }

    @ParameterizedTest
    @MethodSource("commands")
    void theWholeHelpHasEveryOption(String words) {
        List<String> all = visible(command(words));
        assertThat(names(help(words + " --help all"))).containsAll(all);
        assertThat(names(help("help " + words + " all"))).containsAll(all);
    }

    private static List<String> names(String help) {
        return Pattern.compile("--[\\w.-]+").matcher(help).results().map(found -> found.group()).toList();
    }

    @ParameterizedTest
    @MethodSource("commands")
    void everyExampleIsAccepted(String words) {
        String[] examples = command(words).userObject().getClass().getAnnotation(Examples.class).value();
        assertThat(help(words + " --help")).contains(examples);
        for (String example : examples) {
            assertThat(example).startsWith("frame-buffer ");
            // Users stand in the root of the project, tests in the folder of their module.
            String line = example.substring("frame-buffer ".length()).replace("house.example", "../house.example");
            assertThat(parsed(line).unmatched()).isEmpty();
        }
    }

    @Test
    void optionsAreInGroups() {
        assertThat(help("camera --help")).containsSubsequence("\nExamples:", "\nSource:", "--id", "\nFrames:",
                "\nRedis:", "\nLog:", "\nGeneral:", "\nEvery option:");
        assertThat(help("serve --help all")).contains("\nHealth of processors:", "\nDead letters:");
    }

    @Test
    void onlyTheWordAllBelongsToTheOption() {
        assertThat(help("trace --help frame-1")).startsWith("Usage: frame-buffer trace FRAME_ID");
        assertThat(help("serve --help=all")).isEqualTo(help("serve --help all")).isNotEqualTo(help("serve -h"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"help dead-letters requeue", "help serve", "help camera all"})
    void theCommandHelpShowsTheSame(String words) {
        assertThat(help(words)).isEqualTo(help(words.replaceFirst("help (.*?)( all)?$", "$1 --help$2")));
    }

    @Test
    void withoutACommandTheCommandsAreListedInGroups() {
        assertThat(CommandOutput.by().isFine().out()).isEqualTo(help("--help")).isEqualTo(help("help"))
                .containsSubsequence("\n  frame-buffer demo --duration 30s", "\nRun it:", "\n  run ", "\n  serve ",
                        "\nAsk it:", "\n  top ", "\n  config ", "\n  -V, --version");
        assertThat(help("--help")).doesNotContain("Try it");
    }

    @Test
    void anUnknownCommandNamesTheNearest() {
        CommandOutput.by("dmeo").isOneLineWith("unknown command dmeo", "did you mean demo?");
        CommandOutput.by("help", "srve").isOneLineWith("unknown command srve", "did you mean serve?");
        CommandOutput.by("help", "dead-letters", "reqeue").isOneLineWith("did you mean requeue?");
    }

    @Test
    void helpNeedsNoConfiguration() {
        Map<String, String> broken = Map.of("CONFIG_FILE", "nowhere.yaml", "PORT", "abc");
        for (String line : List.of("serve --help all", "help serve", "--help", "")) {
            CommandOutput.in(broken, line.isEmpty() ? new String[0] : line.split(" ", -1)).isFine();
        }
    }
}
