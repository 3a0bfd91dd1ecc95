package framebuffer.testkit;

import java.util.Map;
import picocli.CommandLine;

/**
 * The {@code frame-buffer} command in a process whose coverage is measured. The coverage is written before the process ends: a command that
 * is asked to end by a signal halts the JVM, and the agent's own writing would be cut off, which spoils the file for all.
 */
public final class MeasuredMain {
    private MeasuredMain() {
    }

    public static void main(String[] arguments) throws ReflectiveOperationException {
        int code = commandLine(System.getenv()).execute(arguments);
        try {
            Object agent = Class.forName("org.jacoco.agent.rt.RT").getMethod("getAgent").invoke(null);
            Class.forName("org.jacoco.agent.rt.IAgent").getMethod("dump", boolean.class).invoke(agent, false);
        } catch (ClassNotFoundException e) {
            // Nobody measures.
        }
        Class.forName("framebuffer.app.terminal.StopSignal").getMethod("exit", int.class).invoke(null, code);
    }

    /** The command line. Found by name: the command's own tests use this module, so the module is built before the command. */
    static CommandLine commandLine(Map<String, String> environment) throws ReflectiveOperationException {
        return (CommandLine) Class.forName("framebuffer.app.Main").getMethod("commandLine", Map.class).invoke(null,
                environment);
    }
}
