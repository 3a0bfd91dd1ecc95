package framebuffer.app.help;

import java.util.List;
import java.util.Objects;
import picocli.CommandLine.Command;

/**
 * Commands under one heading in the list of commands.
 *
 * @param commands classes with picocli's {@code @Command}; its header is the line in the list
 */
public record CommandGroup(String heading, List<Class<?>> commands) {
    public CommandGroup {
        commands = List.copyOf(commands);
    }

    /** The name of a command. */
    public static String name(Class<?> command) {
        return described(command).name();
    }

    /** What a command does, in one line. */
    static String summary(Class<?> command) {
        return String.join(" ", described(command).header());
    }

    private static Command described(Class<?> command) {
        return Objects.requireNonNull(command.getAnnotation(Command.class), command.getName());
    }
}
