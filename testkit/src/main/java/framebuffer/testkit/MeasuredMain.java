package framebuffer.testkit;

import java.util.List;
import java.util.Map;
import picocli.CommandLine;

/**
 * The {@code frame-buffer} command with coverage. It writes the coverage before the process ends: after a signal the command halts the JVM,
 * which would interrupt the agent and corrupt the shared file.
 */
public final class MeasuredMain {
    private MeasuredMain() {
    }

    public static void main(String[] arguments) throws ReflectiveOperationException {
        int code = commandLine(System.getenv(), List.of(arguments)).execute(arguments);
        try {
            Object agent = Class.forName("org.jacoco.agent.rt.RT").getMethod("getAgent").invoke(null);
            Class.forName("org.jacoco.agent.rt.IAgent").getMethod("dump", boolean.class).invoke(agent, false);
        } catch (ClassNotFoundException e) {
            // No coverage agent.
        }
        Class.forName("framebuffer.app.terminal.StopSignal").getMethod("exit", int.class).invoke(null, code);
    }

    /** The command, loaded by name: its tests use this module, which is therefore built first. */
    static CommandLine commandLine(Map<String, String> environment, List<String> arguments)
            throws ReflectiveOperationException {
        return (CommandLine) Class.forName("framebuffer.app.Main").getMethod("commandLine", Map.class, List.class)
                .invoke(null, environment, arguments);
    }
}
